package rules

import (
	"cmp"
	"strconv"
	"strings"

	"usher/rules/workspace"
)

// brakes is what a plan may do before a person has to release it.
type brakes struct {
	removals    int     // from one channel
	share       float64 // of one channel's members, in per cent
	sourceShare float64 // of a source's people that may be gone since the last plan
	reactions   int     // channels that one reaction may touch within an hour
	flapping    int     // times that one person may be removed from one channel within a day; 0: any number
	fourEyes    bool    // releasing takes two people
}

// The defaults of what the policy does not say.
var defaultBrakes = brakes{removals: 25, share: 20, sourceShare: 50, reactions: 100, flapping: 3}

// handful is how many removals, or people gone from a source, a share is looked
// at from: of two or three people a share says nothing.
const handful = 5

func (c *compiler) brakes(w BrakesConfig) brakes {
	c.begin("brakes", false)
	b := defaultBrakes
	count := func(w Word, of string, into *int) {
		if w.Text == "" {
			return
		}
		n, err := strconv.Atoi(strings.TrimSpace(w.Text))
		if err != nil || n < 0 {
			c.bad(w.At, "write a whole number from 0; until then it is "+strconv.Itoa(*into), "%q is not a number of %s", w.Text, of)
			return
		}
		*into = n
	}
	count(w.Removals, "removals", &b.removals)
	count(w.Reactions, "channels", &b.reactions)
	count(w.Flapping, "removals", &b.flapping)
	b.fourEyes = w.FourEyes
	share := func(w Word, into *float64) {
		if w.Text == "" {
			return
		}
		f, err := parseShare(w.Text)
		if err != nil {
			c.bad(w.At, err.Error(), "%q is not a share", w.Text)
			return
		}
		*into = f
	}
	share(w.Share, &b.share)
	share(w.SourceShrink, &b.sourceShare)
	return b
}

// over says which brake so many removals from a channel of so many members trip.
func (b brakes) over(removals, members int) BrakeKind {
	switch {
	case removals > b.removals:
		return BrakeRemovals
	case removals >= handful && float64(removals)*100 > b.share*float64(members):
		return BrakeShare
	}
	return ""
}

// shrunk reports whether a source that had so many people has lost too many.
func (b brakes) shrunk(had, has int) bool {
	gone := had - has
	return gone >= handful && float64(gone)*100 > b.sourceShare*float64(had)
}

// BrakeKind is why something waits for a person.
type BrakeKind string

// The kinds of brakes.
const (
	BrakeRemovals BrakeKind = "removals"      // too many would be removed from Channel
	BrakeShare    BrakeKind = "share"         // too large a share of Channel would be removed
	BrakeShrink   BrakeKind = "source_shrink" // Source lost too many people since the last plan
	BrakeEmpty    BrakeKind = "empty_source"  // Source is empty
	BrakeFlapping BrakeKind = "flapping"      // User keeps being added to Channel again
	BrakeReaction BrakeKind = "reaction"      // Source, a reaction, would touch too many channels within an hour
)

// Brake is something held until a person releases it. For a channel, releasing
// is carrying out the Decisions; for a source, it is remembering its present
// size (Has) as its Size, after which the next plan believes it.
type Brake struct {
	Kind      BrakeKind
	Channel   workspace.ChannelID   // removals, share, flapping
	User      workspace.UserID      // flapping
	Usergroup workspace.UsergroupID // removals, share: instead of Channel
	Source    string                // source_shrink, empty_source: as the policy names it
	Clusters  []string              // that are concerned
	Has, Had  int                   // removals of members; people in the source now and before
	Decisions []Decision            // what is held, sorted by user
}

// Key names a brake for as long as it is about the same thing.
func (b Brake) Key() string {
	key := string(b.Kind) + ":" + cmp.Or(string(b.Channel), string(b.Usergroup), b.Source)
	if b.User != "" {
		key += ":" + string(b.User)
	}
	return key
}

// Sizes is how many people each source had at the last plan, by the source as
// the policy names it. Remember gives them to a policy, Plan.Sizes are the next
// ones.
type Sizes map[string]int

// Remember is the same policy knowing how large its sources were. Without it no
// source is found to have shrunk.
func (p *Policy) Remember(s Sizes) *Policy {
	q := *p
	q.sizes = s
	return &q
}
