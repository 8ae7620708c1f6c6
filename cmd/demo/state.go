package demo

// choice is what somebody chose or typed in one element so far, as a view's
// state has it.
type choice struct {
	Value    *bare    `json:"value"`
	Date     string   `json:"selected_date"`
	Time     string   `json:"selected_time"`
	Moment   int64    `json:"selected_date_time"`
	Option   *option  `json:"selected_option"`
	Options  []option `json:"selected_options"`
	User     string   `json:"selected_user"`
	Users    []string `json:"selected_users"`
	Channel  string   `json:"selected_channel"`
	Channels []string `json:"selected_channels"`
	Conv     string   `json:"selected_conversation"`
	Convs    []string `json:"selected_conversations"`
}

// viewState is {block_id: {action_id: choice}}.
type viewState struct {
	Values map[string]map[string]choice `json:"values"`
}

// chosen are the view's blocks with what was chosen in them in the place of what
// the app had preset.
func (v view) chosen() []block {
	blocks := make([]block, len(v.Blocks))
	for i, b := range v.Blocks {
		elements := make([]element, len(b.Elements))
		for j, e := range b.Elements {
			elements[j] = *v.State.of(b, &e)
		}
		b.Elements, b.Element, b.Accessory = elements, v.State.of(b, b.Element), v.State.of(b, b.Accessory)
		blocks[i] = b
	}
	return blocks
}

func (s viewState) of(b block, e *element) *element {
	if e == nil {
		return nil
	}
	c, ok := s.Values[b.ID][e.ActionID]
	if !ok {
		return e
	}
	out := *e
	out.InitialValue = ""
	if c.Value != nil {
		out.InitialValue = *c.Value
	}
	out.InitialDate, out.InitialTime, out.InitialMoment = c.Date, c.Time, c.Moment
	out.InitialOption, out.InitialOptions = c.Option, c.Options
	out.InitialUser, out.InitialUsers = c.User, c.Users
	out.InitialChannel, out.InitialChans = c.Channel, c.Channels
	out.InitialConv, out.InitialConvs = c.Conv, c.Convs
	return &out
}
