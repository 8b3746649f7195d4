package replay

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// request is what the server got.
type request struct {
	Method, URI, Body string
	Header            http.Header
}

func serve(t *testing.T, status func(n int) int) (*httptest.Server, *[]request) {
	t.Helper()
	var got []request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read a body: %v", err)
		}
		got = append(got, request{r.Method, r.URL.RequestURI(), string(b), r.Header})
		if status != nil {
			w.WriteHeader(status(len(got)))
		}
	}))
	t.Cleanup(s.Close)
	return s, &got
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "one.seq.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFilesPostsInOrderToTheHookOnly(t *testing.T) {
	s, got := serve(t, nil)
	path := file(t, `{"vendor":"aircall","title":"two","deliveries":[
		{"headers":{"Content-Type":"text/plain","X-Key":"k","Host":"elsewhere.example"},"url":"https://elsewhere.example/other?site=north&x=%2F","body":"a  b\n\"é\" "},
		{"headers":{"Content-Type":"application/json"},"body":{ "b": 1.0,  "a": [ 12345678901234567890, "\u00e9" ] }}]}`)
	var out bytes.Buffer
	result, err := Files(t.Context(), Options{To: s.URL + "/", Source: "lab", Out: &out}, []string{path})
	if err != nil {
		t.Fatalf("Files: %v", err)
	}
	type sent struct{ URI, Body, Type, Key string }
	var posts []sent
	for _, r := range *got {
		posts = append(posts, sent{r.URI, r.Body, r.Header.Get("Content-Type"), r.Header.Get("X-Key")})
	}
	want := []sent{
		{"/hooks/lab?site=north&x=%2F", "a  b\n\"é\" ", "text/plain", "k"},
		{"/hooks/lab", "", "application/json", ""},
	}
	want[1].Body = `{"b":1.0,"a":[12345678901234567890,"\u00e9"]}`
	if diff := cmp.Diff(want, posts); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if result.Files != 1 || result.Posted != 2 || result.Accepted != 2 || result.Statuses[200] != 2 {
		t.Errorf("result %+v", result)
	}
	if lines := strings.Count(out.String(), "200 OK\n"); lines != 2 {
		t.Errorf("told %q, want two lines of 200 OK", out.String())
	}
}

func TestFilesSignsTwilioAnew(t *testing.T) {
	s, got := serve(t, nil)
	path := file(t, `{"vendor":"twilio","deliveries":[
		{"headers":{"Content-Type":"application/x-www-form-urlencoded; charset=utf-8","X-Twilio-Signature":"old"},"url":"https://elsewhere.example/hooks/x?site=north","body":"B=2+3&A=%2B1&C="},
		{"headers":{"Content-Type":"application/json","X-Twilio-Signature":"old"},"url":"https://elsewhere.example/x","body":[{"id":"1"}]}]}`)
	o := Options{To: s.URL, Source: "tw", Secret: "hush", PublicURL: "https://wallboard.example.com"}
	if _, err := Files(t.Context(), o, []string{path}); err != nil {
		t.Fatalf("Files: %v", err)
	}
	sum := sha256.Sum256([]byte(`[{"id":"1"}]`))
	texts := []string{
		"https://wallboard.example.com/hooks/tw?site=northA+1B2 3C",
		"https://wallboard.example.com/hooks/tw?bodySHA256=" + hex.EncodeToString(sum[:]),
	}
	for i, text := range texts {
		mac := hmac.New(sha1.New, []byte("hush"))
		mac.Write([]byte(text))
		want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if have := (*got)[i].Header.Values("X-Twilio-Signature"); !slices.Equal(have, []string{want}) {
			t.Errorf("delivery %d: signatures %v, want %s", i+1, have, want)
		}
	}
	if u, err := url.Parse((*got)[1].URI); err != nil || u.Query().Get("bodySHA256") != hex.EncodeToString(sum[:]) {
		t.Errorf("the second went to %s, want the body's hash in its query", (*got)[1].URI)
	}
}

func TestFilesKeepsRecordedSignatures(t *testing.T) {
	s, got := serve(t, nil)
	path := file(t, `{"vendor":"twilio","deliveries":[{"headers":{"X-Twilio-Signature":"old"},"body":"A=1"}]}`)
	if _, err := Files(t.Context(), Options{To: s.URL, Source: "tw"}, []string{path}); err != nil {
		t.Fatalf("Files: %v", err)
	}
	if have := (*got)[0].Header.Get("X-Twilio-Signature"); have != "old" {
		t.Errorf("signature %q, want the recorded one", have)
	}
}

func TestFilesSignsClaims(t *testing.T) {
	s, got := serve(t, nil)
	path := file(t, `{"vendor":"dialpad","deliveries":[{"headers":{"Content-Type":"application/jwt"},"body_encoding":"jwt-hs256","claims":{"call_id": 5100000000000010}}]}`)
	if _, err := Files(t.Context(), Options{To: s.URL, Source: "d"}, []string{path}); err == nil {
		t.Error("claims without a secret: no error")
	}
	if len(*got) != 0 {
		t.Fatal("unsigned claims were posted")
	}
	if _, err := Files(t.Context(), Options{To: s.URL, Source: "d", Secret: "hush"}, []string{path}); err != nil {
		t.Fatalf("Files: %v", err)
	}
	parts := strings.Split((*got)[0].Body, ".")
	if len(parts) != 3 {
		t.Fatalf("the body has %d parts, want 3", len(parts))
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || string(claims) != `{"call_id":5100000000000010}` {
		t.Errorf("claims %s, %v", claims, err)
	}
	mac := hmac.New(sha256.New, []byte("hush"))
	io.WriteString(mac, parts[0]+"."+parts[1])
	if want := base64.RawURLEncoding.EncodeToString(mac.Sum(nil)); parts[2] != want {
		t.Errorf("signature %s, want %s", parts[2], want)
	}
}

// TestToken holds a widely published example.
func TestToken(t *testing.T) {
	got := string(token([]byte(`{"sub":"1234567890","name":"John Doe","iat":1516239022}`), "your-256-bit-secret"))
	const want = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
	if got != want {
		t.Errorf("token %s, want %s", got, want)
	}
}

func TestRefusedDeliveriesAreCounted(t *testing.T) {
	s, got := serve(t, func(n int) int {
		if n == 1 {
			return http.StatusUnauthorized
		}
		return http.StatusNoContent
	})
	path := file(t, `{"vendor":"lab","deliveries":[{"body":"1"},{"body":"2"}]}`)
	result, err := Files(t.Context(), Options{To: s.URL, Source: "lab"}, []string{path})
	if !errors.Is(err, ErrRefused) || result.Refused != 1 || result.Accepted != 1 || len(*got) != 2 {
		t.Errorf("result %+v after %d posts, error %v; want one refused, one accepted", result, len(*got), err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	other, reached := serve(t, nil)
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(s.Close)
	path := file(t, `{"vendor":"lab","deliveries":[{"body":"1"}]}`)
	if _, err := Files(t.Context(), Options{To: s.URL, Source: "lab"}, []string{path}); !errors.Is(err, ErrRefused) {
		t.Errorf("error %v, want ErrRefused", err)
	}
	if len(*reached) != 0 {
		t.Error("the redirect was followed")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	path := file(t, `{"vendor":"lab","deliveries":[{"body":"1"}]}`)
	if _, err := Files(t.Context(), Options{To: "http://192.0.2.1", Source: "lab"}, []string{path}); !errors.Is(err, ErrRemote) {
		t.Errorf("a remote server: %v, want ErrRemote", err)
	}
	for name, o := range map[string]Options{
		"no server":        {Source: "lab"},
		"no source":        {To: "http://127.0.0.1:1"},
		"a path as source": {To: "http://127.0.0.1:1", Source: "a/b"},
		"a query":          {To: "http://127.0.0.1:1/?a=b", Source: "lab"},
	} {
		if _, err := Files(t.Context(), o, []string{path}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBadFilesPostNothing(t *testing.T) {
	s, got := serve(t, nil)
	good := file(t, `{"vendor":"lab","deliveries":[{"body":"1"}]}`)
	for name, text := range map[string]string{
		"no JSON":        `{"vendor":`,
		"no deliveries":  `{"vendor":"lab"}`,
		"another shape":  `{"vendor":"lab","deliveries":"+447700900111"}`,
		"a double name":  `{"vendor":"lab","vendor":"lab","deliveries":[{}]}`,
		"another schema": `[1]`,
	} {
		_, err := Files(t.Context(), Options{To: s.URL, Source: "lab"}, []string{good, file(t, text)})
		if err == nil || strings.Contains(err.Error(), "900111") {
			t.Errorf("%s: error %v, want one that echoes nothing", name, err)
		}
	}
	if len(*got) != 0 {
		t.Errorf("%d deliveries were posted", len(*got))
	}
}
