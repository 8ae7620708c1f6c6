package demo

import (
	"regexp"
	"strings"
	"testing"
)

type people map[string]string

func (p people) user(id string) (string, bool)      { n, ok := p[id]; return n, ok }
func (p people) channel(id string) (string, bool)   { n, ok := p[id]; return n, ok }
func (p people) link(id string) string              { return "/in/T/U/" + id }
func (p people) usergroup(id string) (string, bool) { n, ok := p[id]; return n, ok }

func TestMrkdwn(t *testing.T) {
	who := people{"U1": "Bob <b>Roe</b>", "C1": "random", "S1": "leads"}
	for _, c := range []struct{ text, want string }{
		{"plain", "plain"},
		{"*bold* _slanted_ ~gone~ `code`", "<b>bold</b> <i>slanted</i> <s>gone</s> <code>code</code>"},
		{"2*3*4 snake_case_name", "2*3*4 snake_case_name"},
		{"a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"},
		{"<@U1> in <#C1>, <!subteam^S1>", `<span class="mention">@Bob &lt;b&gt;Roe&lt;/b&gt;</span> in <a class="mention" href="/in/T/U/C1">#random</a>, <span class="mention">@leads</span>`},
		{"<#C9>", `<span class="mention">a private channel</span>`},
		{"<!here>", `<span class="mention alarm">@here</span>`},
		{"<https://x.test/?a=1&amp;b=2|there>", `<a href="https://x.test/?a=1&amp;b=2" rel="noopener noreferrer" target="_blank">there</a>`},
		{"<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"},
		{"<!date^0^{date}|then>", `<time datetime="1970-01-01T00:00:00Z">1 Jan 1970, 00:00 UTC</time>`},
		{"&gt; said\nnext", "<blockquote> said</blockquote>next"},
		{"one\ntwo", "one<br>two"},
		{"```a <b> *c*```", "<pre>a &lt;b&gt; *c*</pre>"},
		{":tada: :unheard_of:", "🎉 :unheard_of:"},
		{":lock:", `<svg class="icon" role="img" aria-label="lock"><use href="/static/icons.svg#lock"/></svg>`},
	} {
		if got := string(mrkdwn(c.text, who)); got != c.want {
			t.Errorf("mrkdwn(%q)\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

var ours = regexp.MustCompile(`</?(b|i|s|code|pre|blockquote|br|span|time|a|svg|use)( (class|datetime|href|rel|target|role|aria-label)="[^"<>]*")*/?>`)

// Whatever is written in a message, the only markup on the page is the page's own.
func FuzzMrkdwn(f *testing.F) {
	for _, seed := range []string{"<script>alert(1)</script>", "<https://x\" onclick=\"y|z>", "`<`*>*", "\x000\x00", "<@U1|<b>>", "&lt;img src=x&gt;", "<!date^1^x|<i>>", "<mailto:a@b|\"'>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{string(mrkdwn(text, people{"U1": text})), string(plain(text))} {
			if rest := ours.ReplaceAllString(got, ""); strings.ContainsAny(rest, "<>\x00") {
				t.Fatalf("%q became %q", text, got)
			}
		}
	})
}
