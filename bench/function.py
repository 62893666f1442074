"""One Lambda function as a process: fed by a stand-in for the Runtime API, its CPU read from the scheduler's own clock."""

import http.server
import json
import os
import queue
import signal
import subprocess
import threading
import time

# Longest that one answer may take, in seconds: an event of 1,000 messages takes Python half a second.
PATIENCE = 60


class Failed(Exception):
    """The function ended, or answered with an error."""


class Function:
    def __init__(self, command, env, cwd=None):
        self.events, self.answers, self.polls = queue.Queue(), queue.Queue(), queue.Queue()
        function = self

        class Runtime(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def reply(self, status, body, headers=()):
                self.send_response_only(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                function.polls.put(None)
                event = function.events.get()
                if event is None:
                    return
                deadline = int(time.time() * 1000) + PATIENCE * 1000
                self.reply(200, event, [
                    ("content-type", "application/json"),
                    ("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
                    ("Lambda-Runtime-Deadline-Ms", str(deadline)),
                    ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:bench"),
                    ("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"),
                ])

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                function.answers.put((self.path.rsplit("/", 1)[1], body))
                self.reply(202, b'{"status":"OK"}')

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Runtime)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        runtime = f"127.0.0.1:{self.server.server_port}"
        self.process = subprocess.Popen(
            [str(part) for part in command], env={**env, "AWS_LAMBDA_RUNTIME_API": runtime}, cwd=cwd,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )
        self.said = []
        threading.Thread(target=lambda: self.said.extend(self.process.stderr), daemon=True).start()

    def wait(self, source):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                return source.get(timeout=0.2)
            except queue.Empty:
                if self.process.poll() is not None:
                    break
        raise Failed(b"".join(self.said)[-1500:].decode(errors="replace") or "it did not answer")

    def ready(self):
        """Waits until it asks for an event."""
        self.wait(self.polls)

    def invoke(self, event):
        """Feeds it one event, and waits until it asks for the next one: what it answered."""
        self.events.put(event)
        outcome, body = self.wait(self.answers)
        if outcome != "response":
            raise Failed(f"an event failed: {body[:500]!r}")
        self.ready()
        return json.loads(body or b"null")

    def cpu_ms(self):
        """User and system time of all its threads. https://man7.org/linux/man-pages/man2/clock_gettime.2.html"""
        scheduler_clock = (~self.process.pid << 3) | 2
        return time.clock_gettime_ns(scheduler_clock) / 1e6

    def peak_mib(self):
        status = open(f"/proc/{self.process.pid}/status").read()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024

    def end(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()
