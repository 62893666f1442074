"""A stand-in for AWS over TLS: it answers what each function's first call asks, and remembers what SQS was sent."""

import collections
import hashlib
import http.server
import json
import re
import ssl
import threading
import time
import urllib.parse

WAMID = re.compile(r"wamid\.[A-Za-z0-9]+")

# What every secret holds: each function finds what it looks for.
SECRET = json.dumps({
    "key": "11" * 32,
    "keys": [{"kid": "bench", "secret": "22" * 32}],
    "apps": [{"app_id": "1001", "app_secrets": ["bench-app-secret"], "verify_token": "bench", "tenant_id": None}],
    "accounts": {},
})

ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser><Credentials>
<AccessKeyId>ASIABENCH</AccessKeyId><SecretAccessKey>bench</SecretAccessKey><SessionToken>bench</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""

EMPTY_LIST = """<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Name>bench</Name><KeyCount>0</KeyCount><MaxKeys>100</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>"""

DYNAMODB = {
    "Query": {"Items": [], "Count": 0, "ScannedCount": 0},
    "BatchGetItem": {"Responses": {}, "UnprocessedKeys": {}},
    "BatchWriteItem": {"UnprocessedItems": {}},
}


class Aws:
    """Listens on a port of its own; `sent` counts message ids, `order` has each group's ids as they came; `heard` is told of each request."""

    def __init__(self, certificate):
        self.lock = threading.Lock()
        self.reset()
        self.heard = lambda: None
        aws = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_POST(self):
                aws.heard()
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                kind, answer = aws.answer(self.headers.get("x-amz-target") or "", self.path, body)
                # In one piece, as AWS sends it: in two, each call would wake the function twice.
                head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(answer)}\r\n\r\n"
                self.wfile.write(head.encode() + answer)

            do_GET = do_PUT = do_DELETE = do_POST

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self):
        with self.lock:
            self.sent, self.order, self.calls = collections.Counter(), collections.defaultdict(list), collections.Counter()

    def answer(self, target, path, body):
        service, _, action = target.rpartition(".")
        with self.lock:
            self.calls[action or path] += 1
        json_1_0 = "application/x-amz-json-1.0"
        if service.startswith("DynamoDB"):
            if action == "GetItem" and b"W#sweep" in body:  # It swept a minute ago, as it does each minute.
                minute = str(int(time.time()) // 60 - 2)
                watermark = {"pk": {"S": "W#sweep"}, "sk": {"S": "W"}, "minute": {"N": minute}}
                return json_1_0, json.dumps({"Item": watermark}).encode()
            return json_1_0, json.dumps(DYNAMODB.get(action, {})).encode()
        if service == "secretsmanager":
            id_ = json.loads(body)["SecretId"]
            secret = {"ARN": id_, "Name": id_, "VersionId": "1", "SecretString": SECRET}
            return "application/x-amz-json-1.1", json.dumps(secret).encode()
        if service == "AmazonSQS":
            return json_1_0, json.dumps(self.queue(json.loads(body))).encode()
        if b"Action=AssumeRole" in body:
            return "text/xml", ASSUMED.encode()
        if urllib.parse.urlsplit(path).query:
            return "application/xml", EMPTY_LIST.encode()
        return "application/json", b""

    def queue(self, request):
        entries = request.get("Entries", [])
        with self.lock:
            for entry in entries:
                for wamid in dict.fromkeys(WAMID.findall(entry.get("MessageBody", ""))):
                    self.sent[wamid] += 1
                    self.order[entry.get("MessageGroupId")].append(wamid)
        md5 = lambda entry: hashlib.md5(entry.get("MessageBody", "").encode()).hexdigest()
        taken = [{"Id": e["Id"], "MD5OfMessageBody": md5(e), "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274"} for e in entries]
        return {"Successful": taken, "Failed": []}
