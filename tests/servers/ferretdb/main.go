// FerretDB on a SQLite backend: plays a standalone MongoDB for tests.
// It refuses change streams (238), has no index on a test's filter, and needs no installed server.
//
// Usage: ferretdb PORT DIR (port 0 takes a free one). Prints "PORT n" when it listens.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ferretdb PORT DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run(port, dir string) error {
	addr, err := freeAddr(port)
	if err != nil {
		return err
	}

	server, err := ferretdb.New(&ferretdb.Config{
		Handler:   "sqlite",
		SQLiteURL: "file:" + dir + "/",
		Listener:  ferretdb.ListenerConfig{TCP: addr},
	})
	if err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	// The pipe closes when the test process dies, however it dies: no server outlives it.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	go announce(ctx, addr)

	return server.Run(ctx)
}

// freeAddr picks the port itself, because FerretDB does not tell which one it got for 0.
func freeAddr(port string) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// announce prints the port once a connection is accepted, as Run does not report that it listens.
func announce(ctx context.Context, addr string) {
	for ctx.Err() == nil {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			c.Close()
			_, port, _ := net.SplitHostPort(addr)
			fmt.Println("PORT", port)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
