package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/rs/zerolog"
)

func TestSecretPrintsStars(t *testing.T) {
	const text = "xoxb-geheim"
	s := NewSecret(text)
	type exported struct{ Token Secret }
	type unexported struct{ token Secret }
	settings := Settings{AppToken: s, DB: s, Workspaces: []Workspace{{BotToken: s, AdminToken: s}}}

	var out bytes.Buffer
	for _, v := range []any{s, &s, exported{s}, unexported{s}, &unexported{s}, []Secret{s}, map[string]Secret{"a": s}, settings, &settings} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprintln(&out, fmt.Errorf("connect: %v", v))
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
		if y, err := yaml.Marshal(v); err == nil {
			out.Write(y)
		}
		log := zerolog.New(&out)
		log.Info().Interface("any", v).Msg("said")
		log.Info().Any("any", v).Stringer("secret", s).Msg("said")
		slog.New(slog.NewJSONHandler(&out, nil)).Info("said", "any", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("said", "any", v)
	}
	got := out.String()
	hex := fmt.Sprintf("%x", text)
	if strings.Contains(got, "geheim") || strings.Contains(got, hex) || strings.Contains(strings.ToLower(got), "67656865696d") {
		t.Errorf("a secret is in what was printed:\n%s", got)
	}
	if !strings.Contains(got, "***") {
		t.Error("nothing was printed as ***")
	}
	if s.Reveal() != text || s.Empty() || !(Secret{}).Empty() || (Secret{}).Reveal() != "" || fmt.Sprint(Secret{}) != "" {
		t.Error("Reveal or Empty is wrong")
	}
}
