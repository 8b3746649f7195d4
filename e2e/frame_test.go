package e2e

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gorilla/websocket"
)

// frame is the part of a live frame that tests look at.
type frame struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
	Full  bool   `json:"full"`
	Cells map[string]struct {
		Text string `json:"text"`
	} `json:"cells"`
}

// firstFrame connects to a board as a browser does, and returns what it is sent first.
func (s *server) firstFrame(name string) frame {
	s.t.Helper()
	c, _, err := websocket.DefaultDialer.Dial("ws://"+s.address+"/boards/"+name+"/live", map[string][]string{"Origin": {"http://" + s.address}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, text, err := c.ReadMessage()
	if err != nil {
		s.t.Fatal(err)
	}
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		s.t.Fatal(err)
	}
	if !f.Full {
		s.t.Errorf("board %s: the first frame is not full", name)
	}
	return f
}
