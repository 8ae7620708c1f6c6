package socket

import (
	"errors"
	"fmt"
)

// dismissal is a reason that Slack gives for ending a connection; the zero
// value is none.
type dismissal string

const (
	linkDisabled dismissal = "link_disabled"
	tooMany      dismissal = "too_many_websockets"
)

// Error says it in words.
func (d dismissal) Error() string {
	switch d {
	case linkDisabled:
		return "Slack ended it: Socket Mode is switched off for the app"
	case tooMany:
		return "Slack turned it away: the app has ten connections already, so there are too many replicas or sockets"
	default:
		return fmt.Sprintf("Slack ended it: %.40q", string(d))
	}
}

// errDisabled is what ends the program when Socket Mode stays switched off.
var errDisabled = errors.New("open a socket: Slack says that Socket Mode is switched off for the app: switch it on in the app's settings, under Socket Mode, and start Usher again")
