"""Objects: bytes under a key, on this machine's disk or in a bucket, and addresses that pin what may be sent."""

from playerbase.kit.objects.bucket import GOOGLE, S3, Bucket
from playerbase.kit.objects.local import CHECKSUM, Disk, UploadDiffers, UploadedAlready, UploadNotSigned
from playerbase.kit.objects.opening import Storage, StorageWrong, open_store
from playerbase.kit.objects.signing import aws, google, google_account, presigned
from playerbase.kit.objects.store import (
    ONE_HOUR,
    ONE_YEAR,
    Head,
    Listed,
    NoSuchObject,
    Pinned,
    StorageAway,
    Store,
    Upload,
)

__all__ = [
    "CHECKSUM",
    "GOOGLE",
    "ONE_HOUR",
    "ONE_YEAR",
    "S3",
    "Bucket",
    "Disk",
    "Head",
    "Listed",
    "NoSuchObject",
    "Pinned",
    "Storage",
    "StorageAway",
    "StorageWrong",
    "Store",
    "Upload",
    "UploadDiffers",
    "UploadNotSigned",
    "UploadedAlready",
    "aws",
    "google",
    "google_account",
    "open_store",
    "presigned",
]
