// sandbox-timer SOCKET ROUNDS WARMUP CASE...: times a runtime's pod sandboxes over CRI, the cases in
// turn.
//
// A CASE is name=HANDLER, where HANDLER is a runtime handler of the runtime's configuration, or
// name= for the default one with the node's own network. What is timed are the calls as a kubelet
// makes them, RunPodSandbox, StopPodSandbox, RemovePodSandbox, and their sum.
//
// Prints a line for each timed call, as exec-timer does: what, microseconds, exit status. What fails
// is told on stderr; in the warm-up it ends the program, with 1.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// As long as a kubelet waits for such a call.
const patience = 2 * time.Minute

type timer struct {
	runtime cri.RuntimeServiceClient
	made    int
}

func main() {
	if len(os.Args) < 5 {
		end(fmt.Errorf("usage: sandbox-timer SOCKET ROUNDS WARMUP NAME=[HANDLER]..."))
	}
	rounds, err := strconv.Atoi(os.Args[2])
	end(err)
	warmup, err := strconv.Atoi(os.Args[3])
	end(err)
	connection, err := grpc.NewClient("unix://"+os.Args[1],
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	end(err)
	defer connection.Close()
	t := timer{runtime: cri.NewRuntimeServiceClient(connection)}
	for round := -warmup; round < rounds; round++ {
		cases := os.Args[4:]
		for i := range cases {
			// Nobody is always behind the same one.
			at := (i + round + warmup) % len(cases)
			if round&1 != 0 {
				at = len(cases) - 1 - at
			}
			each := cases[at]
			name, handler, found := strings.Cut(each, "=")
			if !found {
				end(fmt.Errorf("%s is no NAME=[HANDLER]", each))
			}
			t.sandbox(name, handler, round >= 0)
		}
	}
}

// sandbox runs one and removes it.
func (t *timer) sandbox(name, handler string, told bool) {
	t.made++
	pod := fmt.Sprintf("timed-%d-%d", os.Getpid(), t.made)
	config := &cri.PodSandboxConfig{
		Metadata:     &cri.PodSandboxMetadata{Name: pod, Uid: pod, Namespace: "bench"},
		LogDirectory: "/var/log/pods/" + pod,
		Labels: map[string]string{
			"io.kubernetes.pod.name":      pod,
			"io.kubernetes.pod.namespace": "bench",
			"io.kubernetes.pod.uid":       pod,
		},
		Linux: &cri.LinuxPodSandboxConfig{
			SecurityContext: &cri.LinuxSandboxSecurityContext{
				NamespaceOptions: &cri.NamespaceOption{Network: cri.NamespaceMode_POD},
			},
		},
	}
	if handler == "" {
		config.Linux.SecurityContext.NamespaceOptions.Network = cri.NamespaceMode_NODE
	} else {
		config.Hostname = pod
	}
	var id string
	begin := time.Now()
	run := timed("RunPodSandbox, "+name, told, func(within context.Context) error {
		answer, err := t.runtime.RunPodSandbox(within,
			&cri.RunPodSandboxRequest{Config: config, RuntimeHandler: handler})
		id = answer.GetPodSandboxId()
		return err
	})
	if !run {
		return
	}
	stop := timed("StopPodSandbox, "+name, told, func(within context.Context) error {
		_, err := t.runtime.StopPodSandbox(within, &cri.StopPodSandboxRequest{PodSandboxId: id})
		return err
	})
	remove := timed("RemovePodSandbox, "+name, told, func(within context.Context) error {
		_, err := t.runtime.RemovePodSandbox(within, &cri.RemovePodSandboxRequest{PodSandboxId: id})
		return err
	})
	if told && stop && remove {
		tell("a whole sandbox, "+name, begin, 0)
	}
}

// timed tells whether a call succeeded, and how long it took.
func timed(what string, told bool, call func(context.Context) error) bool {
	within, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	begin := time.Now()
	err := call(within)
	status := 0
	if err != nil {
		fmt.Fprintln(os.Stderr, what+":", err)
		status = 1
		if !told {
			os.Exit(status)
		}
	}
	if told {
		tell(what, begin, status)
	}
	return err == nil
}

func tell(what string, begin time.Time, status int) {
	fmt.Printf("%s\t%d\t%d\n", what, time.Since(begin).Microseconds(), status)
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox-timer:", err)
		os.Exit(2)
	}
}
