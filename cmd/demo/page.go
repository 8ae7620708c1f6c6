package demo

// page is everything the templates draw for one person at one place.
type page struct {
	Self, Act        string
	Me               person
	People           []person
	Place            string // home, dm or a channel's id
	Heading          string
	HomeLink, DMLink string
	DMs              int
	Mine, Others     []room
	Channel          *channelPage
	Messages         []messageRow
	Home             *stage
	Modal            *modalStage
	Guide            []guideStep
	Usher            behindPage
	Command, SlashIn string
	CanPost          bool
}

type person struct {
	ID, Name, Note, Link string
	Here                 bool
	Vals                 string // what removing them from the channel at hand sends; empty where that makes no sense
}

type room struct {
	Name, Link        string
	Private, Archived bool
	Here              bool
}

type channelPage struct {
	ID, Name, Topic           string
	Private, Archived, Inside bool
	Members, Addable          []person
	JoinVals, LeaveVals       string
	Pins                      int
	Bookmarks                 []bookmark
}

type bookmark struct {
	Title string `json:"title"`
	Link  string `json:"link"`
}

type messageRow struct {
	Key, From, At, Text string
	Bot, Ephemeral      bool
	Stage               stage
}

type guideStep struct {
	Text, Label, Link, Vals string
	Done, Now               bool
}
