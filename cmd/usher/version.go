package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is set by the linker where a release is built.
var release string

// version is the release, or what the build knows about its commit.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version, dirty := info.Main.Version, ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && version == "(devel)" && len(s.Value) >= 12:
			version = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true" && info.Main.Version == "(devel)":
			dirty = "+changed"
		}
	}
	return version + dirty
}

type versionCommand struct{}

func (versionCommand) Run(std Streams) error {
	fmt.Fprintln(std.Out, versionLine())
	return nil
}

func versionLine() string {
	return fmt.Sprintf("usher %s %s %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
