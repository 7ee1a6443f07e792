// A provider as compiled ones are: it has four types, checks nothing, and makes one call of the management API for each
// create, read, update and delete. The bench of ours is held against it. Arguments are the documented JSON of a request.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Path of the collection of each type, below that of its gateway or, for gateways, of the project.
var collections = map[string]string{
	"native:index:Gateway":  "instances",
	"native:index:Throttle": "throttles",
	"native:index:Acl":      "acls",
	"native:index:Group":    "api-groups",
}

// The argument that says which gateway has an object; no part of a request.
const gatewayID = "gateway_id"

// Sizes of messages that the engine allows too.
const maxMessageBytes = 400 * 1024 * 1024

// Calls under way at once, as many as the other provider makes.
const concurrency = 8

type provider struct {
	pulumirpc.UnimplementedResourceProviderServer
	endpoint, projectID, accessKey, secretKey string
	client                                    *http.Client
	slots                                     chan struct{}
	// Makes no calls and answers what was asked for: what the engine itself costs.
	idle bool
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessageBytes), grpc.MaxSendMsgSize(maxMessageBytes))
	client := &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: concurrency},
	}
	pulumirpc.RegisterResourceProviderServer(server, &provider{client: client, slots: make(chan struct{}, concurrency)})
	// The engine reads the port from the first line.
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (p *provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

func (p *provider) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p *provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: req.GetNews()}, nil
}

func (p *provider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (p *provider) Configure(_ context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	config := req.GetVariables()
	p.endpoint = config["native:config:endpoint"]
	p.projectID = config["native:config:projectId"]
	p.accessKey = config["native:config:accessKey"]
	p.secretKey = config["native:config:secretKey"]
	p.idle = p.endpoint == ""
	return &pulumirpc.ConfigureResponse{SupportsPreview: true}, nil
}

func (p *provider) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: req.GetNews()}, nil
}

func (p *provider) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	changes := pulumirpc.DiffResponse_DIFF_SOME
	if proto.Equal(req.GetOldInputs(), req.GetNews()) {
		changes = pulumirpc.DiffResponse_DIFF_NONE
	}
	return &pulumirpc.DiffResponse{Changes: changes}, nil
}

func (p *provider) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	asked := req.GetProperties().AsMap()
	if req.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: req.GetProperties()}, nil
	}
	answer, _, err := p.call(ctx, http.MethodPost, p.pathOf(req.GetUrn(), asked, ""), asked)
	if err != nil {
		return nil, err
	}
	id, _ := answer["id"].(string)
	if created, isGateway := answer["instance_id"].(string); isGateway {
		id = created
		if answer, err = p.whenRunning(ctx, p.pathOf(req.GetUrn(), asked, id)); err != nil {
			return nil, err
		}
	}
	if p.idle {
		id = fmt.Sprintf("%x", sha256.Sum256([]byte(req.GetUrn())))[:32]
	}
	properties, err := outputs(asked, answer)
	return &pulumirpc.CreateResponse{Id: id, Properties: properties}, err
}

func (p *provider) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	asked := req.GetInputs().AsMap()
	answer, found, err := p.call(ctx, http.MethodGet, p.pathOf(req.GetUrn(), asked, req.GetId()), nil)
	if err != nil {
		return nil, err
	}
	if !found {
		return &pulumirpc.ReadResponse{}, nil
	}
	inputs := map[string]any{}
	for name, value := range asked {
		inputs[name] = value
		if now, shown := answer[name]; shown && name != "available_zone_ids" {
			inputs[name] = now
		}
	}
	now, err := structpb.NewStruct(inputs)
	if err != nil {
		return nil, err
	}
	properties, err := outputs(asked, answer)
	return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: properties, Inputs: now}, err
}

func (p *provider) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	asked := req.GetNews().AsMap()
	if req.GetPreview() {
		return &pulumirpc.UpdateResponse{Properties: req.GetNews()}, nil
	}
	answer, _, err := p.call(ctx, http.MethodPut, p.pathOf(req.GetUrn(), asked, req.GetId()), asked)
	if err != nil {
		return nil, err
	}
	properties, err := outputs(asked, answer)
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

func (p *provider) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	_, _, err := p.call(ctx, http.MethodDelete, p.pathOf(req.GetUrn(), req.GetProperties().AsMap(), req.GetId()), nil)
	return &emptypb.Empty{}, err
}

func (p *provider) whenRunning(ctx context.Context, path string) (map[string]any, error) {
	for {
		answer, _, err := p.call(ctx, http.MethodGet, path, nil)
		if err != nil || answer["status"] == "Running" {
			return answer, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (p *provider) pathOf(urn string, properties map[string]any, id string) string {
	kind := strings.Split(urn, "::")[2]
	path := "/v2/" + p.projectID + "/apigw/"
	if gateway, has := properties[gatewayID].(string); has {
		path += "instances/" + gateway + "/"
	}
	path += collections[kind]
	if id != "" {
		path += "/" + id
	}
	return path
}

// One signed call. An object that is not found is no error.
func (p *provider) call(ctx context.Context, method, path string, asked map[string]any) (map[string]any, bool, error) {
	answer := map[string]any{}
	if p.idle {
		return answer, true, nil
	}
	var body []byte
	if asked != nil {
		fields := maps.Clone(asked)
		delete(fields, gatewayID)
		var err error
		if body, err = json.Marshal(fields); err != nil {
			return nil, false, err
		}
	}
	p.slots <- struct{}{}
	defer func() { <-p.slots }()
	req, err := http.NewRequestWithContext(ctx, method, p.endpoint+path, bytes.NewReader(body))
	if err != nil {
		return nil, false, err
	}
	req.Header.Set("Content-Type", "application/json")
	p.sign(req, path, body)
	res, err := p.client.Do(req)
	if err != nil {
		return nil, false, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, false, err
	}
	if res.StatusCode == http.StatusNotFound {
		return nil, false, nil
	}
	if res.StatusCode >= 300 {
		return nil, false, status.Errorf(codes.Unknown, "%s %s: HTTP %d: %s", method, path, res.StatusCode, text)
	}
	if len(text) > 0 {
		err = json.Unmarshal(text, &answer)
	}
	return answer, true, err
}

// Source: Developer guide, "AK/SK-based authentication".
func (p *provider) sign(req *http.Request, path string, body []byte) {
	date := time.Now().UTC().Format("20060102T150405Z")
	canonical := strings.Join([]string{
		req.Method, path + "/", "", "host:" + req.URL.Host, "x-sdk-date:" + date, "", "host;x-sdk-date", digest(body),
	}, "\n")
	mac := hmac.New(sha256.New, []byte(p.secretKey))
	mac.Write([]byte("SDK-HMAC-SHA256\n" + date + "\n" + digest([]byte(canonical))))
	req.Header.Set("X-Sdk-Date", date)
	req.Header.Set("Authorization", fmt.Sprintf(
		"SDK-HMAC-SHA256 Access=%s, SignedHeaders=host;x-sdk-date, Signature=%s", p.accessKey, hex.EncodeToString(mac.Sum(nil)),
	))
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// What was asked for, and what the answer adds.
func outputs(asked, answer map[string]any) (*structpb.Struct, error) {
	all := maps.Clone(answer)
	delete(all, "id")
	maps.Copy(all, asked)
	return structpb.NewStruct(all)
}
