package gateway

// postMethod has an allowance for each channel besides the workspace's.
const postMethod = "chat.postMessage"

// allowance is how often a method may be called: so many a minute, and so many
// of those at once after a pause.
type allowance struct{ perMinute, burst int }

var (
	tier1   = allowance{1, 1}
	tier2   = allowance{20, 4}
	tier3   = allowance{50, 10}
	tier4   = allowance{100, 20}
	special = allowance{300, 30}

	intoChannel  = allowance{60, 3}   // messages into one channel
	connectStorm = allowance{12, 10}  // Slack would allow more; nobody needs it
	scimReads    = allowance{300, 30} // of the 1,000 that the whole organisation shares
)

// allowances are Slack's published tiers, and where its documentation is
// disputed the lower one. A method that is not named has tier 2.
var allowances = map[string]allowance{
	"apps.connections.open":          connectStorm,
	"apps.event.authorizations.list": special,
	"auth.test":                      special,
	"auth.teams.list":                tier2,
	"team.info":                      tier3,

	"conversations.list":       tier2,
	"conversations.members":    tier4,
	"conversations.info":       tier3,
	"conversations.history":    tier3,
	"conversations.join":       tier3,
	"conversations.leave":      tier3,
	"conversations.open":       tier3,
	"conversations.invite":     tier3,
	"conversations.kick":       tier3,
	"conversations.create":     tier2,
	"conversations.rename":     tier2,
	"conversations.archive":    tier2,
	"conversations.unarchive":  tier2,
	"conversations.setTopic":   tier2,
	"conversations.setPurpose": tier2,

	"users.list":          tier2,
	"users.info":          tier4,
	"users.conversations": tier3,
	"users.lookupByEmail": tier3,

	"usergroups.create":       tier2,
	"usergroups.update":       tier2,
	"usergroups.enable":       tier2,
	"usergroups.disable":      tier2,
	"usergroups.list":         tier2,
	"usergroups.users.list":   tier2,
	"usergroups.users.update": tier2,

	"views.open":    tier4,
	"views.push":    tier4,
	"views.update":  tier4,
	"views.publish": tier4,

	postMethod:           special,
	"chat.postEphemeral": tier4,
	"chat.update":        tier3,
	respondMethod:        special,
	"bookmarks.add":      tier2,
	"bookmarks.list":     tier3,
	"pins.add":           tier2,
	"pins.list":          tier2,

	"admin.conversations.restrictAccess.addGroup":    tier2,
	"admin.conversations.restrictAccess.listGroups":  tier2,
	"admin.conversations.restrictAccess.removeGroup": tier1,
	"admin.conversations.search":                     tier2,
	"admin.conversations.invite":                     tier2,
	"admin.users.invite":                             tier2,

	SCIMGroups: scimReads,
}

func allowanceOf(method string) allowance {
	if a, ok := allowances[method]; ok {
		return a
	}
	return tier2
}

// PerMinute is how many calls of a method a workspace allows in a minute, for
// forecasts.
func PerMinute(method string) int { return allowanceOf(method).perMinute }

// takesTeamID are the methods that must be told the workspace when the token
// is an organisation's.
var takesTeamID = map[string]bool{
	"conversations.list": true, "users.list": true, "conversations.create": true,
	"usergroups.create": true, "usergroups.update": true, "usergroups.enable": true, "usergroups.disable": true,
	"usergroups.list": true, "usergroups.users.list": true, "usergroups.users.update": true,
}
