"""From VK to the inbox: long poll and Callback API, raw events to ours."""
