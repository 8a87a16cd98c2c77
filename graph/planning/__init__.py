"""From a goal to a flow: what is asked of a model, what is drawn of its answer, and what is mended."""  # noqa: E501
