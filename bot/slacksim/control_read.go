package slacksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
)

// read decodes the body of a control request: one JSON object, in which a
// field with a typing error is pointed out.
func read(rw http.ResponseWriter, r *http.Request, into any) bool {
	if r.Header.Get("Origin") != "" {
		refuse(rw, http.StatusForbidden, "forbidden", "not from a web page")
		return false
	}
	raw, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		refuse(rw, http.StatusRequestEntityTooLarge, "invalid_request", fmt.Sprintf("the body is larger than %d bytes", large.Limit))
		return false
	case err != nil:
		complain(rw, "the body ends too early")
		return false
	}
	if problem := strictly(raw, into); problem != nil {
		complain(rw, problem.Error())
		return false
	}
	return true
}

// strictly decodes one JSON object without unknown fields. The error is for
// whoever wrote it.
func strictly(raw []byte, into any) error {
	if text := bytes.TrimSpace(raw); len(text) == 0 || text[0] != '{' {
		return errors.New("the body is one JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s is %s, not a JSON %s", kind.Field, inWords(kind.Type), kind.Value)
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the body is not JSON: %s", strings.TrimPrefix(err.Error(), "json: "))
	case err != nil:
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	case d.More():
		return errors.New("the body is one JSON object, and something follows it")
	}
	return nil
}

func inWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	}
	return "a whole number"
}
