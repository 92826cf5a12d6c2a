"""The pages: the loader and the frame of the chat, and the public FAQ."""
