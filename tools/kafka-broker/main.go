// Command kafka-broker is a Kafka broker in memory for tests, on a free port of 127.0.0.1.
//
// It prints one JSON object with its address when it serves, then each record that it is sent as one JSON object a
// line, and ends when its standard input does.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
)

type record struct {
	Topic string `json:"topic"`
	Key   string `json:"key"`
	Value string `json:"value"`
}

func main() {
	topic := flag.String("topic", "calls", "topic that there is")
	user := flag.String("user", "", "user name that clients must show")
	password := flag.String("password", "", "their password")
	certificate := flag.String("cert", "", "file of a certificate; then the broker speaks TLS")
	key := flag.String("key", "", "file of its key")
	flag.Parse()
	if err := run(*topic, *user, *password, *certificate, *key); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(topic, user, password, certificate, key string) error {
	options := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.SeedTopics(1, topic),
		kfake.ListenFn(func(network, _ string) (net.Listener, error) {
			return net.Listen(network, "127.0.0.1:0")
		}),
	}
	reader := []kgo.Opt{kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}
	if user != "" {
		options = append(options, kfake.EnableSASL(), kfake.Superuser("PLAIN", user, password))
		reader = append(reader, kgo.SASL(plain.Auth{User: user, Pass: password}.AsMechanism()))
	}
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return err
		}
		options = append(options, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
		// It reads from itself only.
		reader = append(reader, kgo.DialTLSConfig(&tls.Config{InsecureSkipVerify: true}))
	}
	cluster, err := kfake.NewCluster(options...)
	if err != nil {
		return err
	}
	defer cluster.Close()
	client, err := kgo.NewClient(append(reader, kgo.SeedBrokers(cluster.ListenAddrs()...))...)
	if err != nil {
		return err
	}
	defer client.Close()
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(map[string]string{"address": cluster.ListenAddrs()[0]}); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	for ctx.Err() == nil {
		fetches := client.PollFetches(ctx)
		for _, each := range fetches.Records() {
			if err := out.Encode(record{each.Topic, string(each.Key), string(each.Value)}); err != nil {
				return err
			}
		}
	}
	return nil
}
