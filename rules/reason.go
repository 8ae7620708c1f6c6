package rules

// The codes of reasons. What Subject and Detail hold is said with each.
const (
	// About the question.
	CodeNotGoverned    Code = "not_governed"    // no cluster claims the channel
	CodeChannelUnknown Code = "channel_unknown" // the channel was never seen, or is gone
	CodeArchived       Code = "archived"        // nobody comes or goes
	CodeGeneral        Code = "general"         // everybody is in it
	CodeUserUnknown    Code = "user_unknown"    // nothing is known of the account yet
	CodeUsersUnknown   Code = "users_unknown"   // the list of accounts is not complete
	CodeDeactivated    Code = "deactivated"     // the account is deactivated; Slack took it out
	CodeRosterUnknown  Code = "roster_unknown"  // who is in the channel is not known well enough
	CodeInside         Code = "inside"          // is in the channel already
	CodeOutside        Code = "outside"         // is not in the channel

	// About exceptions.
	CodeGrant      Code = "grant"       // Subject approved an exception; Detail: until when, RFC 3339
	CodeGrantEnded Code = "grant_ended" // it is over; Detail: since when, RFC 3339

	// About sources. Source is as the policy names it, Subject its id.
	CodeInSource      Code = "in_source"      // makes eligible
	CodeNotInSource   Code = "not_in_source"  // does not
	CodeSourceUnknown Code = "source_unknown" // cannot be said; Detail: unresolved, lost, archived, bot_out, incomplete, empty, shrunk, broken
	CodeExcepted      Code = "excepted"       // taken out of this cluster by this source
	CodeExceptUnknown Code = "except_unknown" // may be taken out by it; Detail as for source_unknown
	CodeRuleAside     Code = "rule_aside"     // a broken rule claims the channel; what it was meant to say is not known

	// About how to come in.
	CodeJoinSelf     Code = "join_self"
	CodeJoinRequest  Code = "join_request"
	CodeJoinEveryone Code = "join_everyone"
	CodeJoinClosed   Code = "join_closed"

	// About what happens to others.
	CodeOthersAllow  Code = "others_allow"
	CodeOthersReport Code = "others_report"
	CodeOthersWarn   Code = "others_warn"
	CodeOthersRemove Code = "others_remove"
	CodeNewcomer     Code = "newcomer"      // came in without being eligible: no grace
	CodeGraceStarts  Code = "grace_starts"  // Detail: how long
	CodeGraceRuns    Code = "grace_runs"    // Detail: since when, RFC 3339
	CodeGraceOver    Code = "grace_over"    // Detail: since when it ran, RFC 3339
	CodeProtected    Code = "protected"     // Detail: itself, bots, owners, admins, guests, external, people
	CodeLastMember   Code = "last_member"   // the last one in a private channel
	CodeCannotManage Code = "cannot_manage" // Usher is not in the channel; Detail: public or private
	CodeSpared       Code = "spared"        // administrators decided to leave this person in; Subject: who
	CodeHeld         Code = "held"          // too many would be removed at once; administrators have to decide
	CodePaused       Code = "paused"        // changes are stopped: no time begins to run
	CodeFlapping     Code = "flapping"      // keeps being added again; administrators have to decide
	CodeAsked        Code = "asked"         // the person asked for it
	CodeJoined       Code = "joined"        // came into the user group through Usher
	CodeLeft         Code = "left"          // went out of the user group through Usher
	CodeUncoupled    Code = "uncoupled"     // has left the user group Subject, whose default channel it is
	CodeDryRun       Code = "dry_run"       // the cluster only reports
)

var joinCodes = map[Join]Code{
	JoinSelf: CodeJoinSelf, JoinRequest: CodeJoinRequest, JoinEveryone: CodeJoinEveryone, JoinClosed: CodeJoinClosed,
}

var othersCodes = map[Others]Code{
	OthersAllow: CodeOthersAllow, OthersReport: CodeOthersReport, OthersWarn: CodeOthersWarn, OthersRemove: CodeOthersRemove,
}
