package handlers

import "go.uber.org/fx"

// Module provides every Route in the value group "routes", and the Router made
// of all in it.
func Module() fx.Option {
	var options []fx.Option
	for _, route := range Routes() {
		options = append(options, fx.Supply(fx.Annotate(route, fx.ResultTags(`group:"routes"`))))
	}
	options = append(options, fx.Provide(fx.Annotate(NewRouter, fx.ParamTags(`group:"routes"`))))
	return fx.Module("handlers", options...)
}
