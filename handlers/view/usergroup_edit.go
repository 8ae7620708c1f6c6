package view

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"usher/rules/workspace"
)

// GroupOpened tells what a form of a user group held when it was opened, by field;
// empty: it was that of a new one.
type GroupOpened map[string]string

// formFields are the fields of a user group's form, in the order in which they are
// kept.
var formFields = []string{BlockGroupName, BlockGroupHandle, BlockGroupText, BlockGroupChannels, BlockGroupAdditional, BlockGroupSection}

// digests tell the values of the fields apart. The order of channels is not their
// business: Slack gives them back in its own.
func (f GroupForm) digests() GroupOpened {
	list := func(ids []workspace.ChannelID) string {
		ids = slices.Clone(ids)
		slices.Sort(ids)
		return fmt.Sprint(ids)
	}
	all := GroupOpened{}
	for field, value := range map[string]string{
		BlockGroupName: clip(f.Name, mostName), BlockGroupHandle: clip(f.Handle, mostHandle), BlockGroupText: clip(f.Description, mostDescription),
		BlockGroupChannels: list(f.Channels), BlockGroupAdditional: list(f.Additional), BlockGroupSection: fmt.Sprint(f.Section),
	} {
		sum := fnv.New64a()
		sum.Write([]byte(strings.TrimSpace(value)))
		all[field] = fmt.Sprintf("%x", sum.Sum64())
	}
	return all
}

// String is the form as the modal keeps it: which group it is about, and what its
// fields held.
func (f GroupForm) String() string {
	if f.ID == "" {
		return ""
	}
	words, is := []string{string(f.ID)}, f.digests()
	for _, field := range formFields {
		words = append(words, is[field])
	}
	return strings.Join(words, " ")
}

// ReadGroupForm reads what a modal kept.
func ReadGroupForm(kept string) (workspace.UsergroupID, GroupOpened) {
	words := strings.Fields(kept)
	if len(words) == 0 {
		return "", nil
	}
	opened := GroupOpened{}
	if len(words) == len(formFields)+1 {
		for i, field := range formFields {
			opened[field] = words[i+1]
		}
	}
	return workspace.UsergroupID(words[0]), opened
}

// Changed says which fields were changed in the form, against what it held when it
// was opened, and which of them somebody else has changed to something else since.
func (f GroupForm) Changed(opened GroupOpened, now GroupForm) (changed map[string]bool, conflicts map[string]string) {
	changed, conflicts = map[string]bool{}, map[string]string{}
	want, is := f.digests(), now.digests()
	for _, field := range formFields {
		was, told := opened[field]
		if want[field] == is[field] || told && want[field] == was {
			continue
		}
		changed[field] = true
		if told && is[field] != was {
			conflicts[field] = now.changedTo(field)
		}
	}
	return changed, conflicts
}

func (f GroupForm) changedTo(field string) string {
	text := map[string]string{BlockGroupName: f.Name, BlockGroupHandle: "@" + f.Handle, BlockGroupText: f.Description}[field]
	if text == "" {
		return "Somebody has changed this meanwhile. Close the form and open it again to see it as it is."
	}
	return "Somebody has changed this meanwhile to “" + clip(text, 150) + "”. Write that to leave it so, or close the form and open it again."
}
