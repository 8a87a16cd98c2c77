"""What a client is told that can be done here."""

from typing import Any

from runtime.services.dap.points import FILTERS

_CAN = (
    "supportsConfigurationDoneRequest",
    "supportsFunctionBreakpoints",
    "supportsConditionalBreakpoints",
    "supportsHitConditionalBreakpoints",
    "supportsLogPoints",
    "supportsDataBreakpoints",
    "supportsBreakpointLocationsRequest",
    "supportsExceptionFilterOptions",
    "supportsExceptionInfoRequest",
    "supportsEvaluateForHovers",
    "supportsClipboardContext",
    "supportsCompletionsRequest",
    "supportsSetVariable",
    "supportsSetExpression",
    "supportsStepBack",
    "supportsRestartFrame",
    "supportsGotoTargetsRequest",
    "supportsRestartRequest",
    "supportsTerminateRequest",
    "supportTerminateDebuggee",
    "supportSuspendDebuggee",
    "supportsSingleThreadExecutionRequests",
    "supportsDelayedStackTraceLoading",
    "supportsLoadedSourcesRequest",
    "supportsCancelRequest",
)

CAPABILITIES: dict[str, Any] = {
    **dict.fromkeys(_CAN, True),
    "completionTriggerCharacters": [".", ":", "["],
    "exceptionBreakpointFilters": list(FILTERS),
}
