package policyfile

import "usher/rules"

// Values reads a YAML file that is no policy into plain values: map[string]any,
// []any, string, bool, nil, and a number as its text in a Number. What cannot be
// read is said and left out. The limits are those of a policy, so a hostile file
// costs no more than one.
func Values(name string, src []byte) (any, []rules.Problem) {
	r := &reader{file: name}
	root := document(string(src), func(line, column int, what, hint string) { r.say(line, column, "", what, hint) })
	root.walk(func(n *node) { r.slips(n, "") })
	sortProblems(r.problems)
	return root.plain(), r.problems
}

// Number is a number as it was written.
type Number string

func (n *node) plain() any {
	switch n.kind {
	case text:
		return n.text
	case number:
		return Number(n.text)
	case boolean:
		return n.text == "true"
	case list:
		all := make([]any, 0, len(n.items))
		for _, i := range n.items {
			all = append(all, i.plain())
		}
		return all
	case mapping:
		all := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			all[e.key] = e.value.plain()
		}
		return all
	case broken, nothing:
	}
	return nil
}
