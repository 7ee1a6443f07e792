"""The SDK for Python against a gateway: makes calls, and writes one line of JSON about each to standard output."""

import json
import os
import sys

import huaweicloudsdkapig.v2 as apig
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.sdk_stream_response import SdkStreamResponse

from strict import build, object_faults


class Session:
    """A client that notes everything that is not as the SDK's models have it."""

    def __init__(self):
        env = os.environ
        credentials = BasicCredentials(env["APIG_ACCESS_KEY"], env["APIG_SECRET_KEY"], env["APIG_PROJECT_ID"])
        builder = apig.ApigClient.new_builder().with_credentials(credentials)
        self.client = builder.with_endpoint(env["APIG_ENDPOINT"]).build()

    def call(self, name, body=None, **parameters):
        """Makes a call by the name of the SDK's method and returns the decoded JSON of the answer."""
        line = {"call": name}
        answer = {}
        try:
            request_class = getattr(apig, camel(name) + "Request")
            request = request_class(**parameters)
            if body is not None:
                request.body = build(request_class.openapi_types["body"], body)
            response = getattr(self.client, name)(request)
            raw = content_of(response)
            line["status"] = response.status_code
            answer = json.loads(raw) if raw else {}
            line["faults"] = object_faults(answer, type(response), name)
        except ServiceResponseException as error:
            line["status"] = error.status_code
            line["error"] = f"{error.error_code} {error.error_msg}"
        except Exception as error:  # Whatever the SDK stumbles over is what is looked for.
            line["error"] = f"{type(error).__name__}: {error}"
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return answer


def content_of(response):
    """The bytes of an answer; those of a file are read from its stream."""
    if not isinstance(response, SdkStreamResponse):
        return response.raw_content
    parts = []
    response.consume_download_stream(lambda stream: parts.append(stream.content))
    return b"".join(parts)


def camel(name):
    """`create_api_v2` to `CreateApiV2`."""
    return "".join(word.capitalize() for word in name.split("_"))
