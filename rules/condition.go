package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"usher/rules/workspace"
)

// condition is a CEL expression over one account.
type condition struct {
	program cel.Program
	asks    []string // the facts it looks at; none: it is the same for everybody
}

// What a condition may cost: a long one with a few matches and list walks
// stays far below, one that could hold a plan up does not.
const (
	conditionLength = 4096
	conditionCost   = 20_000
	hopelessCost    = 50 * conditionCost // at most, by an estimate: not even tried
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

// ConditionFacts are the facts that a condition may use, as a list in words.
const ConditionFacts = "user.id, team, name, real_name, display, email, title, guest, bot, admin, owner, external, deactivated and fields[\"…\"]"

var environment = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{cel.ParserExpressionSizeLimit(conditionLength), cel.ParserRecursionLimit(50)}
	for name, f := range facts {
		options = append(options, cel.Variable(name, f.kind))
	}
	return cel.NewEnv(options...)
})

// compileCondition reads an expression. What is wrong with it is said in one
// line each: of a type everything, of the grammar the first thing, for what
// follows that is guesswork.
func compileCondition(text string) (compiled *condition, wrong []string) {
	if strings.TrimSpace(text) == "" {
		return nil, []string{"the condition is empty"}
	}
	env, err := environment()
	if err != nil {
		return nil, []string{plainly(err.Error())}
	}
	parsed, issues := env.Parse(text)
	if issues.Err() != nil {
		return nil, said(issues.Errors()[:1])
	}
	ast, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, said(issues.Errors())
	}
	if !ast.OutputType().IsExactType(cel.BoolType) {
		return nil, []string{fmt.Sprintf("the condition gives %s, not true or false", ast.OutputType())}
	}
	if spent, err := env.EstimateCost(ast, sizes{}); err == nil && spent.Max > hopelessCost {
		return nil, []string{"it takes too long to work out for each person: lists are walked within lists"}
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(conditionCost))
	if err != nil {
		return nil, []string{plainly(err.Error())}
	}
	return &condition{program: program, asks: asked(ast)}, nil
}

func plainly(s string) string { return strings.Join(strings.Fields(s), " ") }

func said(errs []*cel.Error) []string {
	var all []string
	for _, e := range errs {
		what := plainly(e.Message)
		if e.Location.Line() > 0 {
			what += fmt.Sprintf(" (line %d, column %d of the condition)", e.Location.Line(), e.Location.Column()+1)
		}
		all = append(all, what)
	}
	return all
}

// asked are the facts that a condition looks at, sorted.
func asked(ast *cel.Ast) []string {
	var all []string
	for _, ref := range ast.NativeRep().ReferenceMap() {
		if _, fact := facts[ref.Name]; fact && !slices.Contains(all, ref.Name) {
			all = append(all, ref.Name)
		}
	}
	slices.Sort(all)
	return all
}

// sizes is how large the facts about an account may be.
type sizes struct{}

func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if n.Type().Kind() == types.MapKind {
		return &cost.SizeEstimate{Max: 100}
	}
	return &cost.SizeEstimate{Max: 256}
}

func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
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
