package slacksim_test

import (
	"net/http"
	"testing"

	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"
	"usher/bot/slacksim"
)

func TestCloseEndsEverything(t *testing.T) {
	http.DefaultClient.CloseIdleConnections()
	before := goleak.IgnoreCurrent()
	t.Run("while people wait", func(t *testing.T) {
		w := start(t, acme)
		asked := make(chan struct{})
		w.connect(func(evt socketmode.Event) any {
			if evt.Type == socketmode.EventTypeSlashCommand {
				close(asked)
				return silence
			}
			return nil
		})
		answered := make(chan slacksim.ActAnswer, 1)
		go func() {
			answered <- w.Act(w.soon(), slacksim.Act{As: "bob", Do: "slash", Command: "/usher"})
		}()
		<-asked
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if got := <-answered; got.Error != "dispatch_failed" {
			t.Errorf("whoever waited got %+v", got)
		}
		if err := w.Close(); err != nil {
			t.Errorf("closing again: %v", err)
		}
	})
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}
