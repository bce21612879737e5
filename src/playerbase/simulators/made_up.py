"""Keys made up for the simulators: they stand here for everybody to read, and are worth nothing elsewhere."""

# Each is the DER of a private key (PKCS 8), in base64. In production nobody is asked, or believed, who has these.
APPLE_ROOT_KEY = (
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCX0SzkR6JT+AG+IImU0OGMKCdvJx2HBvbpsEGbaWAHkvm7WcIJ5l6Ugy17NHcL"
    "uwihZANiAAQ0njgodfhcdQCK4cTfNQcBdshgc2JRu+AxcZj7EodZ1ja0a5bst1Ll51xGehuxoEmhlrw62WC330SQ2SR1hnA/TsUjQpOuhgND"
    "2+yYVpDmHqo2m4W0OFFego1mY1uf99w="
)
APPLE_KEY = (
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgF3A7Jnpys9d6zDYWAK9bUmxRBw2XSPw3gbKnOUCrkWuhRANCAASnlK1f9e3F"
    "CVSFxo7DTkAYjES/O3lnWsZHfnnZmexuQPYBLTSzsmiihRL06j62T0PN+JpnCghi1Tyg7ssFuVP7"
)
GOOGLE_KEY = (
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDOYnzM2N5BuODrcsc1CDueT3JOaU71WO2gZMG0jYBaBYFm2uxVnkjq830P"
    "Cy2hmBNEL6vBW4aFpsWl6V9sQRj3AmVav646eOTG7xzvjp+867Uso/SyPb0j48EBr504Jd9GXXXb/UARK1xz4K9KavEqaOQrChOhtxcjOK6R"
    "xghalv4pK0eHEk/y4KtwhpkMmKPKNmdfH1Qjepga51vNJvlZ2CKihQu7swZBN7ANCA5lSVelFNOKXcRGonwAqa/mbJqcYjNEhzCKS6IpaABy"
    "/1CEs4H0dM2Mj8LrQpfKPWLeiTpdXxeXlFv4xTMd51zysH2AZxI9uEt8dSCBtx3Gyi2hAgMBAAECgf8a1Y7SODvST8nKQP2lwv6Pu3uO/4/7"
    "eybYIa9XE6Eu7qzkjiS+s/p9/7z5ygySiHyLF/DPV84BSYlEwBM6bc6smFoDBOk0sRWgNb/7HLTM24+y9Qwk/CstyJO9f87Mx0RlKuZMtDMy"
    "mpVGMqdzc0+e6t/kb4+Lm9T4mtPOsqfRH0vdK4OJ7D8viqEJ7C9gN/vyqfo0ohk6lcxTEL2sbgPnC567kDnE37yW5QS+GpOPllmi0/ieT5AL"
    "qZ78Lf4sfSgluKGwuKsg7El3MhzdxA7dTTR23wR5uPEHm1npLMshyKujf5sbUC7Nrnbw44xkCThrp8W9JqnuW/Bg/MseRlECgYEA53Zyij8E"
    "mbivypndC5N4rvhh8zytcAh226+xTWYQdR0PPYPcOCN7qD3j8G8kN43ghdpRW8s1scuNFCJqV3j2Yw4IS4KriU7J6EKn+FbyCelg70xlCGxy"
    "14u+/hgKTLcWz+8BhlGr2jOc6rU4+XYLgyOQzwqIcxX2h3rfxrESPs0CgYEA5EN2G9A7TzZTQ6eR22I+JhRC5k4Xp6N9fEozWx91M6xjFyuI"
    "L4b4JbX0+nEAJlSAk6Uix9DDy561FfomPqLjvjL/UEQWa/UI97yVIOcmB4b6JGNbK++SkhYT5euuOA0IQuyEVsgtslCjeXVYOK8V1v0bGJ1A"
    "hnbMgcV767JPgiUCgYEAp/1KolWcdCkbxRKo4Lb2lx8EkDIQusgZ49X+++rAtQ8TOZVTJpdyLyhEIAO6KGvbcaqC8/lnjhPq35sezT+oqznL"
    "AWrkLrK1TdHa8R3BazortWIfzd5P92qggvBVwVn8v4t68s6hyKs/DwXaRQvMzS/p8Kp3X/enxqqCcUWgtV0CgYEAi21FlIGh6KWXQIj3h9i/"
    "e4T+xCxJOKWdfbDZI7zYWyLeOAXoHpfDtU0qgVtKqx8MlqLU1taG8jZUCEOO3s2ibMg7uWyNgY3f12sCcGGgkhJ5coaZ5wFkNwVzTAqklSoo"
    "tLBBubx2ZSfqYsMxixYvMe3SgjtzcW7ZRh85rWNyO10CgYEAwimSEhIfXou5xEPejIqf/Hplob42/ujafTGjEHYYUy1Ah2mhlk/+0afw2bI0"
    "Sg+k+v3BYriJO5KRThnKIAMtLz8zbcbGHBFVDOZNOya/MJqn3hpr/9/2V2K9/QYtKqJA7/JQoGMX8GrI8FNcRbHRJxk4Ez6H/dZVnfKnUdC9"
    "VOc="
)
