"""Where the graph is asked: one question, several stores."""
