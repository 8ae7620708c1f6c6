package socket

import (
	"context"
	"encoding/json"
	"time"

	"usher/rules/workspace"
)

// Envelope is what came in.
type Envelope struct {
	ID           string
	Type         string
	Team         workspace.TeamID
	EventID      string
	Payload      json.RawMessage
	RetryAttempt int
	Received     time.Time
	Ack          func(ctx context.Context, payload any) error
}
