"""What the tool is judged on: in, small example projects; out, real releases, served by real servers."""
