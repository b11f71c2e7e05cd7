import ArgumentParser
import ControlPlane
import Operations
import Settings
import Venues

print(HealthRoute.path)
