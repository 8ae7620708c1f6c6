package socket

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"net"
)

// longestFarewell bounds what is looked at: a disconnect has some 150 bytes.
const longestFarewell = 4 << 10

// frames is a WebSocket's connection on which Slack's disconnect messages are
// taken out of what is read, and told to farewell.
//
// Slack announces an end seconds ahead, but the client ends the connection at
// once when it reads that, and keeps the reason to itself. So it does not read
// it: the connection goes on until the next one is open, and the reason is known.
// Whatever is not a disconnect in one short unmasked frame passes through as it
// came, byte for byte.
type frames struct {
	net.Conn
	farewell func(reason string)

	buffer  []byte // for one reading
	raw     []byte // read and not yet looked at
	out     []byte // looked at and not yet taken
	greeted bool   // the answer to the handshake is behind
	passing uint64 // bytes of a payload that pass unlooked at
	err     error  // of the connection, told once out is empty
}

// Read is for one reader at a time, as a connection's is here.
func (f *frames) Read(p []byte) (int, error) {
	for len(f.out) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		if f.buffer == nil {
			f.buffer = make([]byte, longestFarewell)
		}
		n, err := f.Conn.Read(f.buffer)
		f.raw, f.err = append(f.raw, f.buffer[:n]...), err
		f.look()
		if f.err != nil { // what is left never becomes whole
			f.out, f.raw = append(f.out, f.raw...), nil
		}
	}
	n := copy(p, f.out)
	f.out = f.out[n:]
	return n, nil
}

// look moves what is understood from raw to out.
func (f *frames) look() {
	if !f.greeted {
		end := bytes.Index(f.raw, []byte("\r\n\r\n"))
		if end < 0 {
			return
		}
		f.greeted = true
		f.pass(uint64(end + 4))
	}
	for len(f.raw) > 0 {
		if f.passing > 0 {
			n := min(f.passing, uint64(len(f.raw)))
			f.passing -= n
			f.pass(n)
			continue
		}
		h, ok := readHeader(f.raw)
		if !ok {
			return
		}
		if !h.whole || h.payload > longestFarewell {
			f.pass(h.size)
			f.passing = h.payload
			continue
		}
		if uint64(len(f.raw)) < h.size+h.payload {
			return
		}
		if reason, is := farewell(f.raw[h.size : h.size+h.payload]); is {
			f.raw = f.raw[h.size+h.payload:]
			f.farewell(reason)
			continue
		}
		f.pass(h.size + h.payload)
	}
}

func (f *frames) pass(n uint64) {
	f.out = append(f.out, f.raw[:n]...)
	f.raw = f.raw[n:]
}

// header is the beginning of a frame, RFC 6455 section 5.2.
type header struct {
	size, payload uint64
	whole         bool // an unmasked text frame that is a message of its own
}

// readHeader reads one, false where it is not all there yet.
func readHeader(b []byte) (header, bool) {
	const final, text, masked = 0x80, 0x1, 0x80
	if len(b) < 2 {
		return header{}, false
	}
	h := header{size: 2, payload: uint64(b[1] &^ masked), whole: b[0] == final|text && b[1]&masked == 0}
	switch h.payload {
	case 126:
		if len(b) < 4 {
			return header{}, false
		}
		h.size, h.payload = 4, uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if len(b) < 10 {
			return header{}, false
		}
		h.size, h.payload = 10, binary.BigEndian.Uint64(b[2:])
	}
	if b[1]&masked != 0 {
		h.payload += 4 // the key
	}
	return h, true
}

// farewell is a disconnect's reason.
func farewell(message []byte) (reason string, is bool) {
	var m struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	}
	if json.Unmarshal(message, &m) != nil || m.Type != "disconnect" {
		return "", false
	}
	return m.Reason, true
}
