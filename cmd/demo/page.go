package demo

// page is everything the templates draw for one person at one place.
type page struct {
	Act              string
	Me               person
	Teams            []crew
	Place            string // home, dm or a channel's id
	Heading          string
	HomeLink, DMLink string
	Unread           int
	Mine, Others     []room
	MayCreate        bool
	Channel          *channelPage
	Messages         []messageRow
	Home             *stage
	Modal            *modalStage
	Guide            *guide
	Usher            behindPage
	Command, SlashIn string
	Hints            []hint
	CanPost          bool
}

// Several reports whether there are people of more than one workspace.
func (p page) Several() bool { return len(p.Teams) > 1 }

// crew is a workspace's people.
type crew struct {
	Name   string
	People []person
}

type person struct {
	ID, Name, Title, Note, Link string
	Here                        bool
	Vals                        string // what removing them from the channel at hand sends; empty where that makes no sense
}

type room struct {
	ID, Name, Link    string
	Private, Archived bool
	Here              bool
}

// hint is one command, for whoever is typing one.
type hint struct{ Fill, Usage, Does string }

type channelPage struct {
	ID, Name, Topic           string
	Private, Archived, Inside bool
	Members, Addable          []person
	JoinVals, LeaveVals       string
	ArchiveVals, ConvertVals  string
	Pins                      int
	Bookmarks                 []bookmark
}

type bookmark struct {
	Title string `json:"title"`
	Link  string `json:"link"`
}

type messageRow struct {
	Key, From, To, At, Text string
	Bot, Ephemeral          bool
	Stage                   stage
}
