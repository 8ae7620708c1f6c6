package rules

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"usher/rules/workspace"
)

// condition is a CEL expression over one account.
type condition struct {
	program cel.Program
}

// What a condition may cost: a long one with a few matches and list walks
// stays far below, one that could hold a plan up does not.
const (
	conditionLength = 4096
	conditionCost   = 20_000
)

// facts are what a condition may ask, and how each is found.
var facts = map[string]struct {
	kind *cel.Type
	of   func(workspace.User) any
}{
	"user.id":          {cel.StringType, func(u workspace.User) any { return string(u.ID) }},
	"user.team":        {cel.StringType, func(u workspace.User) any { return string(u.Team) }},
	"user.name":        {cel.StringType, func(u workspace.User) any { return u.Name }},
	"user.real_name":   {cel.StringType, func(u workspace.User) any { return u.RealName }},
	"user.display":     {cel.StringType, func(u workspace.User) any { return u.Display }},
	"user.email":       {cel.StringType, func(u workspace.User) any { return u.Email }},
	"user.title":       {cel.StringType, func(u workspace.User) any { return u.Title }},
	"user.guest":       {cel.BoolType, func(u workspace.User) any { return u.Guest != workspace.FullMember }},
	"user.bot":         {cel.BoolType, func(u workspace.User) any { return u.Bot }},
	"user.admin":       {cel.BoolType, func(u workspace.User) any { return u.Admin }},
	"user.owner":       {cel.BoolType, func(u workspace.User) any { return u.Owner }},
	"user.external":    {cel.BoolType, func(u workspace.User) any { return u.External }},
	"user.deactivated": {cel.BoolType, func(u workspace.User) any { return u.Deleted }},
	"user.fields":      {cel.MapType(cel.StringType, cel.StringType), func(u workspace.User) any { return filled(u.Fields) }},
}

const factNames = "user.id, team, name, real_name, display, email, title, guest, bot, admin, owner, external, deactivated and fields[\"…\"]"

var environment = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{cel.ParserExpressionSizeLimit(conditionLength), cel.ParserRecursionLimit(50)}
	for name, f := range facts {
		options = append(options, cel.Variable(name, f.kind))
	}
	return cel.NewEnv(options...)
})

// compileCondition reads an expression; the error says what is wrong in one line.
func compileCondition(text string) (*condition, error) {
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("the condition is empty")
	}
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("prepare conditions: %w", err)
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		at := ""
		if first.Location.Line() > 0 {
			at = fmt.Sprintf(" (line %d, column %d of the condition)", first.Location.Line(), first.Location.Column()+1)
		}
		return nil, fmt.Errorf("%s%s", strings.Join(strings.Fields(first.Message), " "), at)
	}
	if !ast.OutputType().IsExactType(cel.BoolType) {
		return nil, fmt.Errorf("the condition gives %s, not true or false", ast.OutputType())
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(conditionCost))
	if err != nil {
		return nil, fmt.Errorf("%s", strings.Join(strings.Fields(err.Error()), " "))
	}
	return &condition{program}, nil
}

// holds asks the condition about an account; the second result is false where
// it cannot be worked out.
func (c *condition) holds(u workspace.User) (yes, sure bool) {
	if u.Stub {
		return false, false
	}
	out, _, err := c.program.Eval(account{u})
	if err != nil {
		return false, false
	}
	yes, sure = out.Value().(bool)
	return yes, sure
}

// account gives a condition its facts.
type account struct{ u workspace.User }

func (a account) ResolveName(name string) (any, bool) {
	f, ok := facts[name]
	if !ok {
		return nil, false
	}
	return f.of(a.u), true
}

func (account) Parent() cel.Activation { return nil }

// filled is a profile's custom fields. A field that somebody has not filled in
// is the empty text, so that a condition about it is answered and not in error.
type filled map[string]string

var _ traits.Mapper = filled{}

func (f filled) base() traits.Mapper {
	return types.NewStringStringMap(types.DefaultTypeAdapter, f)
}

func (f filled) Find(key ref.Val) (ref.Val, bool) {
	k, ok := key.Value().(string)
	if !ok {
		return nil, false
	}
	return types.String(f[k]), true
}

func (f filled) Get(key ref.Val) ref.Val {
	if v, ok := f.Find(key); ok {
		return v
	}
	return types.NewErr("a field's name is a text")
}

func (f filled) Contains(key ref.Val) ref.Val { return f.base().Contains(key) }
func (f filled) Size() ref.Val                { return types.Int(len(f)) }
func (f filled) Iterator() traits.Iterator    { return f.base().Iterator() }
func (f filled) Equal(o ref.Val) ref.Val      { return f.base().Equal(o) }
func (f filled) Type() ref.Type               { return types.MapType }
func (f filled) Value() any                   { return map[string]string(f) }

func (f filled) ConvertToNative(t reflect.Type) (any, error) { return f.base().ConvertToNative(t) }
func (f filled) ConvertToType(t ref.Type) ref.Val            { return f.base().ConvertToType(t) }
