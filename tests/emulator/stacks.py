"""A stack for each scene: `infra/template.yaml`, deployed to ministack by a change set, as `sam deploy` does it.

POST /stack {"parameters": {…}} forgets the stack before and answers with where the new one is reached; GET /under-way says what it has in hand.
"""

import http.server
import io
import json
import pathlib
import re
import socket
import string
import time
import urllib.request
import zipfile

import boto3

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
STACK = "scenes"
ARTIFACTS = "artifacts"
# The WebSocket API's id, which its own functions must be told of before there is one.
SOCKET_API = "50c7e7a9"
REGION = "us-east-1"
DEPLOYS_WITHIN_S = 120

# Resources that ministack refuses (docs/EMULATOR.md): a route's response, which it sends anyhow, and alarms by metric maths.
UNKNOWN = ("SocketDefaultResponse", "TruthThrottlesAlarm", "LiveThrottlesAlarm")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def adapted(template):
    """The one place where what ministack gets is not the template as it is. Each of these must find what it changes."""
    changes = [(rf"^  {name}:\n(?:    .*\n|\n)+", "") for name in UNKNOWN]
    # What `sam package` does: where the code lies.
    changes += [(r"CodeUri: \.\./functions/(\w+)", rf"CodeUri: s3://{ARTIFACTS}/\1.zip")]
    # Of what GenerateSecretString says, ministack knows the excluded characters alone.
    excluded = json.dumps(string.ascii_lowercase[6:] + string.ascii_uppercase + string.punctuation)
    changes += [(r"ExcludeCharacters: ghijklmnopqrstuvwxyz$", lambda _: f"ExcludeCharacters: {excluded}")]
    # ministack's tag for an id of one's own choice.
    changes += [(r"^( +)ProtocolType: WEBSOCKET\n", rf"\g<0>\1Tags: {{ ms-custom-id: '{SOCKET_API}' }}\n")]
    for pattern, replacement in changes:
        template, found = re.subn(pattern, replacement, template, flags=re.MULTILINE)
        if not found:
            raise ValueError(f"the template has no {pattern}")
    return template


def package(binary):
    """A function's package: its bootstrap becomes the binary where cargo has put it, which need not be copied for that."""
    if not binary.exists():
        raise FileNotFoundError(f"{binary}: build the functions first")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        bootstrap = zipfile.ZipInfo("bootstrap")
        bootstrap.create_system, bootstrap.external_attr = 3, 0o755 << 16  # A Unix file that may be run.
        archive.writestr(bootstrap, f"#!/bin/sh\nexec '{binary}'\n")
    return packed.getvalue()


class Stacks:
    def __init__(self, url, binaries):
        self.url, self.binaries = url, binaries
        client = lambda service: boto3.client(
            service, endpoint_url=url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        self.s3, self.cloudformation, self.functions, self.logs, self.sqs = map(client, ("s3", "cloudformation", "lambda", "logs", "sqs"))

    def deploy(self, parameters):
        self.forget()
        self.s3.create_bucket(Bucket=ARTIFACTS)
        for function in (ROOT / "functions").iterdir():
            self.s3.put_object(Bucket=ARTIFACTS, Key=f"{function.name}.zip", Body=package(self.binaries / function.name))
        template = adapted((ROOT / "infra/template.yaml").read_text())
        self.s3.put_object(Bucket=ARTIFACTS, Key="template.yaml", Body=template)
        socket_path = f"/_aws/execute-api/{SOCKET_API}/live"
        parameters = {
            "FilesUrl": self.url, "WsUrl": self.url.replace("http", "ws", 1) + socket_path, "WsEndpoint": self.url + socket_path, **parameters}
        self.change({"StackName": STACK, "ChangeSetName": "deploy"}, parameters)
        return self.described()

    def forget(self):
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/_ministack/reset", method="POST"), timeout=60).close()

    def change(self, names, parameters):
        self.cloudformation.create_change_set(
            **names, ChangeSetType="CREATE", TemplateURL=f"{self.url}/{ARTIFACTS}/template.yaml", Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()])
        self.until("CREATE_COMPLETE", lambda: self.cloudformation.describe_change_set(**names))
        self.cloudformation.execute_change_set(**names)
        self.until("CREATE_COMPLETE", lambda: self.stack())

    def stack(self):
        stack = self.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        return {**stack, "Status": stack["StackStatus"]}

    def until(self, status, look):
        for _ in range(DEPLOYS_WITHIN_S * 10):
            seen = look()
            if seen["Status"] == status:
                return
            if not seen["Status"].endswith(("IN_PROGRESS", "PENDING")):
                raise RuntimeError(f"{seen['Status']}: {seen.get('StatusReason', '')} {self.failures()}")
            time.sleep(0.1)
        raise RuntimeError(f"not {status} within {DEPLOYS_WITHIN_S} s")

    def failures(self):
        events = self.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in events if "FAILED" in event["ResourceStatus"]]

    def described(self):
        resources = self.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
        self.queues = [ids[name] for name in ids if name.endswith(("Queue", "Dlq"))]
        mappings = self.functions.list_event_source_mappings()["EventSourceMappings"]
        self.readers = sorted(m["FunctionArn"].rsplit(":", 1)[1] for m in mappings if ":dynamodb:" in m["EventSourceArn"])
        outputs = {output["OutputKey"]: output["OutputValue"] for output in self.stack()["Outputs"]}
        return {
            "http_api": f"{self.url}/_aws/execute-api/{ids['HttpApi']}/$default",
            "invoke": f"{self.url}/2015-03-31/functions/{STACK}-",
            # For the seed, by the outputs that docs/OPERATIONS.md names.
            "settings": {
                "AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                "TABLE_NAME": outputs["TableName"], "LIVE_TABLE_NAME": outputs["LiveTableName"], "ID_KEY_SECRET_ID": outputs["IdKeySecretName"],
                "WEBHOOK_SECRET_ID": outputs["WebhookSecretName"], "META_APP_SECRET_ID": outputs["MetaAppSecretName"], "TENANT_SECRET_PREFIX": f"{STACK}/tenant/",
            },
        }

    def under_way(self):
        """What each queue holds, and when a stream's readers last wrote to their logs: ministack tells no more of them than that."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
        held = {}
        for url in self.queues:
            attributes = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))["Attributes"]
            held[url.rsplit("/", 1)[1].removeprefix(f"{STACK}-")] = sum(int(attributes[name]) for name in names)
        return {"queues": held, "read_at": [self.last_log(function) for function in self.readers]}

    def last_log(self, function):
        """In milliseconds since 1970; 0 before the first."""
        streams = self.logs.describe_log_streams(logGroupName=f"/aws/lambda/{function}", orderBy="LastEventTime", descending=True, limit=1)
        return max((stream["lastEventTimestamp"] for stream in streams["logStreams"]), default=0)


def serve(url, binaries):
    """On a free port of 127.0.0.1."""
    stacks = Stacks(url, binaries)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("content-length", 0))
            self.answer(lambda: stacks.deploy(json.loads(self.rfile.read(length))["parameters"]))

        def do_GET(self):
            self.answer(stacks.under_way)

        def answer(self, act):
            try:
                status, body = 200, act()
            except Exception as fault:  # The scene that asked says it.
                status, body = 500, {"error": f"{type(fault).__name__}: {fault}"}
            text = json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            except ConnectionError:
                pass  # Who asked has stopped waiting.

        def log_message(self, *_):
            pass

    return http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
