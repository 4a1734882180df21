from pelicanconf import *

SITEURL = "https://mira.example"
