package directory

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// order remembers the latest event about each thing, so that an older one that
// comes late, or comes again, does not undo it.
type order map[string]heard

type heard struct {
	stamp   int64     // Slack's time of the event, in microseconds
	arrived time.Time // ours
}

// orderKept is beyond what Slack sends again.
const orderKept = 20 * time.Minute

// newest reports whether an event about a thing is the latest so far, and
// remembers it. Events without a time always are.
func (o order) newest(thing string, stamp int64, now time.Time) bool {
	if last, known := o[thing]; known && stamp > 0 && stamp < last.stamp {
		return false
	}
	if len(o)%8192 == 8191 {
		for k, h := range o {
			if now.Sub(h.arrived) > orderKept {
				delete(o, k)
			}
		}
	}
	o[thing] = heard{stamp, now}
	return true
}

// since reports whether an event about a thing arrived after a moment.
func (o order) since(thing string, at time.Time) bool {
	h, known := o[thing]
	return known && !h.arrived.Before(at)
}

// skew is by how much Slack's clock and ours may differ.
const skew = time.Minute

// read reports whether what was asked for at a moment is newer than every event
// about a thing, and remembers that: an event from well before then, however
// late it comes, does not undo it.
func (o order) read(thing string, asked, now time.Time) bool {
	surely := asked.Add(-skew).UnixMicro()
	last, known := o[thing]
	if known && !last.arrived.Before(asked) && (last.stamp == 0 || last.stamp >= surely) {
		return false
	}
	o[thing] = heard{max(last.stamp, surely), now}
	return true
}

// Happened is when an event happened, by Slack's clock; the zero time where it
// does not say.
func Happened(event json.RawMessage) time.Time {
	var e struct {
		TS string `json:"event_ts"`
	}
	if json.Unmarshal(event, &e) != nil {
		return time.Time{}
	}
	at := stamp(e.TS)
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMicro(at)
}

// stamp reads event_ts ("1700000000.000100") as microseconds; 0 when it is none.
func stamp(ts string) int64 {
	whole, fraction, _ := strings.Cut(ts, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0
	}
	micro, _ := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	return sec*1e6 + micro
}
