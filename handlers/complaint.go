package handlers

import "errors"

// Complaint is an error made for the person who asked: what is in the way, and
// what to do next. Both are mrkdwn, with what people typed already escaped.
// Any other error of a handler becomes an apology with the event's id.
type Complaint struct {
	What string
	Next string
}

func (c *Complaint) Error() string {
	if c.Next == "" {
		return c.What
	}
	return c.What + " " + c.Next
}

// complain makes a Complaint.
func complain(what, next string) error { return &Complaint{What: what, Next: next} }

func asComplaint(err error) (*Complaint, bool) {
	return errors.AsType[*Complaint](err)
}
