"""What is done with an opened vault: unlock, look somebody up, export, write to signatories, audit a sample.

Everything here takes the private keys as an argument, or from the keeper for the moment of one
step. Nothing here stores a name, an address or a key where a disk could keep it.
"""
