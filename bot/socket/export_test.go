package socket

// Origin is origin, for its test.
var Origin = origin
