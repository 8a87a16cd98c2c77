"""What the exit code says."""

DONE, FAILED, UNUSABLE, RESUMABLE, FAULT = 0, 1, 2, 3, 70

MEANINGS = {
    DONE: "It went well.",
    FAILED: "A flow or test failed, or was cancelled; the flows differ; doctor found trouble; "
    "an agent is down.",
    UNUSABLE: "The file, the command or what it names can't be used.",
    RESUMABLE: "The run was interrupted, or waits for a person: `heddle resume` or `answer`.",
    FAULT: "Heddle itself is at fault.",
}
