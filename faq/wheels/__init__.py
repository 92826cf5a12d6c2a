"""The encoders that wheels carry, opened so that they hold no more memory than they use.

Other people's code stays as it is: what is put beside it is put beside the one release it was made for.
"""
