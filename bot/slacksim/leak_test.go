package slacksim_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"
	"usher/bot/slacksim"
	"usher/bot/slacksim/pipenet"
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

// Clients open connections in advance: the end waits for none of them.
func TestAConnectionThatNobodyUsesIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pipenet.New()
		s, err := slacksim.Start(slacksim.Options{Listener: p})
		if err != nil {
			t.Fatal(err)
		}
		mine, err := p.Dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		began := time.Now()
		if err := s.Close(); err != nil || time.Since(began) > 100*time.Millisecond {
			t.Errorf("closed after %s: %v", time.Since(began), err)
		}
		if _, err := mine.Read(make([]byte, 1)); err == nil {
			t.Error("the connection is still open")
		}
	})
}
