// Command usher is a Slack bot that shows people to the rooms they may enter,
// with everything an operator needs around it: a check of policies, offline
// explanations, a local Slack to try it on.
//
// It assembles: it reads arguments, builds what bot, handlers and rules offer,
// and prints. It must never decide anything about a channel or a person itself,
// nor print a token, an e-mail address or the text of a message.
//
// Decision: each subcommand is a struct with its flags as fields and a Run
// method, in a file of its own, so that flags, help and work stay in one place;
// what they share is bound in dispatch and asked for by type.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitOK     = 0 // everything asked for was done
	exitFailed = 1 // something was found, or went wrong
	exitUsage  = 2 // the command line makes no sense
)

// commands is the command line: what every subcommand shares, then one field
// for each subcommand.
type commands struct {
	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`

	Logging loggingFlags `embed:"" group:"Logging"`

	Run  runCommand  `cmd:"" help:"Run the bot."`
	Demo demoCommand `cmd:"" help:"Try Usher in the browser: a local Slack, the bot, and a page to use both."`

	Sim  Sim         `cmd:"" help:"Run a local Slack for any program: prints how to connect as one line of JSON."`
	List listCommand `cmd:"" help:"Ask the running bot what a person is in and may join."`
	Join joinCommand `cmd:"" help:"Let a person into a channel through the running bot, if a rule does."`
	Plan planCommand `cmd:"" help:"Ask the running bot what is not as the policy wants it."`

	Apply   applyCommand   `cmd:"" help:"Have the running bot carry out what the plan shows."`
	Release releaseCommand `cmd:"" help:"Have something carried out that a brake holds."`
	Discard discardCommand `cmd:"" help:"Decide against something that a brake holds."`
	Runs    runsCommand    `cmd:"" help:"List the last plans that were carried out."`
	Undo    undoCommand    `cmd:"" help:"Bring back those whom a run removed."`
	Pause   pauseCommand   `cmd:"" help:"Stop every change in a workspace at once."`
	Resume  resumeCommand  `cmd:"" help:"Go on after a pause."`
	Audit   auditCommand   `cmd:"" help:"Print, or verify, what was decided and done."`

	Reactions reactionsCommand `cmd:"" help:"What the policy's reactions would do to channels, and having them do it."`

	Usergroup usergroupCommand `cmd:"" help:"List, make, change and fill user groups."`

	Check   checkCommand   `cmd:"" help:"Check a policy: everything that is wrong, and what it allows that may not be meant."`
	Explain explainCommand `cmd:"" help:"Say offline what a policy decides about a person and a channel, and why."`
	Import  importCommand  `cmd:"" help:"Turn another tool's files into a policy."`
	Policy  policyCommand  `cmd:"" help:"About the policy format."`

	Version versionCommand `cmd:"" help:"Print the version."`
}

// offline are the subcommands that only read and write files: a signal ends them
// at once, even while they wait for a pipe.
var offline = []string{"check", "explain", "import", "policy", "version"}

// Streams is where a subcommand reads and writes. What somebody asked for goes
// to Out, one answer and nothing else; what is said about it goes to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// errReported ends a subcommand with exit code 1 after it has printed itself
// what is wrong.
var errReported = errors.New("reported")

// usageError is a complaint about the command line that only the subcommand
// could find.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// usagef complains about the command line; usher exits with code 2.
func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

func main() {
	os.Exit(execute(os.Args[1:], Streams{os.Stdin, os.Stdout, os.Stderr}))
}

// doubled is how soon after the first signal another one is the same wish: a
// terminal, or whoever started the program, may tell its whole group as well.
const doubled = time.Second

// execute carries out one command line and returns the exit code. The first
// SIGINT or SIGTERM ends the subcommand's context, one that comes later the
// program; an offline one is ended by the first.
func execute(args []string, std Streams) int {
	var cli commands
	helped := false
	parser, err := kong.New(&cli,
		kong.Name("usher"),
		kong.Description("Shows people in Slack to the rooms they may enter."),
		kong.Writers(std.Out, std.Err),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.Vars{"version": versionLine()},
	)
	if err != nil {
		fmt.Fprintln(std.Err, "usher:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	chosen, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	if err != nil {
		return complain(std, err, "")
	}
	if err := cli.Logging.check(); err != nil && chosen.Command() != "run" {
		return complain(std, err, chosen.Command())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { time.AfterFunc(doubled, stop) })
	if first, _, _ := strings.Cut(chosen.Command(), " "); slices.Contains(offline, first) {
		stop() // nothing has to be put in order first
	}

	log := cli.Logging.logger(std.Err)
	chosen.BindTo(ctx, (*context.Context)(nil))
	chosen.Bind(std, log, cli.Logging)
	if err := chosen.Run(); err != nil {
		var usage usageError
		switch {
		case errors.Is(err, errReported):
			return exitFailed
		case errors.As(err, &usage):
			return complain(std, err, chosen.Command())
		}
		fmt.Fprintln(std.Err, "usher:", err)
		return exitFailed
	}
	return exitOK
}

// complain says what is wrong with the command line of a subcommand and where
// help is, in two lines instead of a page.
func complain(std Streams, err error, subcommand string) int {
	if parse, ok := errors.AsType[*kong.ParseError](err); ok {
		subcommand = parse.Context.Command()
	}
	words := []string{"usher"}
	for word := range strings.FieldsSeq(subcommand) {
		if strings.HasPrefix(word, "<") || strings.HasPrefix(word, "[") {
			break // an argument
		}
		words = append(words, word)
	}
	fmt.Fprintf(std.Err, "usher: %v\nTry: %s --help\n", err, strings.Join(words, " "))
	return exitUsage
}
