package slacksim

// answer is the body of an API answer.
type answer map[string]any

// failure is an error as Slack gives it: a code, and sometimes more fields.
type failure struct {
	code string
	more answer
}

func (f *failure) Error() string { return f.code }

func fail(code string) *failure { return &failure{code: code} }

// invalid is invalid_arguments with Slack's explanations.
func invalid(messages ...string) *failure {
	for i, m := range messages {
		messages[i] = "[ERROR] " + m
	}
	return &failure{code: "invalid_arguments", more: answer{"response_metadata": answer{"messages": messages}}}
}
