// net/http: requests URLs with one client. See ../clients.py for the arguments and the line that is printed.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Names below localhost are this machine, which not every resolver knows.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, _ := net.SplitHostPort(address)
	return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}

func request(client *http.Client, method, body, target string) (map[string]any, error) {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	request, err := http.NewRequest(method, target, content)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return map[string]any{"outcome": "response", "status": response.StatusCode, "content": string(read)}, err
}

func main() {
	limit, _ := strconv.Atoi(os.Args[1])
	// A timer, because the content of a 101 response does not end with its context.
	time.AfterFunc(time.Duration(limit)*time.Second, func() {
		fmt.Println(`{"outcome":"hang"}`)
		os.Exit(0)
	})
	client := &http.Client{Transport: &http.Transport{DialContext: dial, ForceAttemptHTTP2: true}}
	var result map[string]any
	for _, target := range os.Args[4:] {
		var err error
		result, err = request(client, os.Args[2], os.Args[3], target)
		if err != nil {
			if wrapped, ok := err.(*url.Error); ok {
				err = wrapped.Err
			}
			result = map[string]any{"outcome": "error", "error": fmt.Sprintf("%T: %v", err, err)}
			break
		}
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
}
