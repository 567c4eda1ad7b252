#!/usr/bin/env python3
"""Signs deliveries as Stripe's own library does. Each line of the input is a JSON object with `secret`, `timestamp`
and `payload`; each line of the output is the header for it. The library's judgement of its own header, and of ours,
comes first: `ours` is a header that this program's tests made for the same payload."""

import json
import sys

import stripe

for line in sys.stdin:
    job = json.loads(line)
    header = stripe.WebhookSignature.generate_signature_header(
        job["payload"], job["secret"], timestamp=job["timestamp"]
    )
    # Judged at the time of signing: no tolerance.
    for candidate in (header, job["ours"]):
        stripe.WebhookSignature.verify_header(job["payload"], candidate, job["secret"], tolerance=None)
    print(header, flush=True)
