"""What an AI agent is offered: a few typed tools over the library, which add no knowledge.

- `given`: what a tool is given, and the case that it describes, in any texts of an agent
- `told`: what a tool answers
- `reading`: what is given, read by its schema
- `tools`: the tools, each a function of the graph and of what it is given
- `catalogue`: their names, words and schemas, how one is called, and what can be read besides
- `inert`: what markup is, and texts in which a reader of it finds nothing
- `desk`: where calls are answered for whoever started this process
- `jobs`: the same for processes that can open nothing
- `protocol`: all of it in the Model Context Protocol

What is offered never depends on the graph: no text of it can slip into the words by which an agent
chooses a tool. `protocol` alone needs the extra `mcp`.
"""
