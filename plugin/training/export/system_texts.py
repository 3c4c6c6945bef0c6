"""What the cards say of each system: the paper, what was reconstructed, what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SystemText:
    """The card's words on one system.

    Attributes:
        what: what it does, in a sentence or two.
        paper: that it reconstructs; empty if it follows none of the four.
        ours: what the abstract leaves open and we decided.
        limits: of this system, beside those that all have.
    """

    what: str
    paper: str = ""
    ours: str = ""
    limits: tuple[str, ...] = ()


_ABSTRACT = "Reconstructed from the paper's abstract: no full text or code of it was found. "

TEXTS: Mapping[str, SystemText] = {
    "plain-contrast": SystemText(
        "Two towers trained by plain image–text contrast on embeddings and codes: what the "
        "published systems begin with and are measured against.",
        limits=("It is a baseline; the published systems are meant to be better.",),
    ),
    "multilevel-hashing": SystemText(
        "Finds overhead scenes that resemble an example. Multi-level contrastive deep hashing: two "
        "branches that see different augmentations, category contrast of features, contrast within "
        "and between classes of codes. It understands no text.",
        "Li et al., Deep Hashing with Multi-Level Contrastive Learning Framework for Remote "
        "Sensing Image Retrieval, IAF Earth Observation Symposium; a reconstruction",
        _ABSTRACT
        + "The form and weights of the losses, the projection head and the shared weights "
        "of both branches are ours.",
        ("It understands no text.",),
    ),
    "mtgfe": SystemText(
        "Finds overhead scenes by description or example, and re-ranks the best hits of a "
        "description with a fusion encoder that looks at image and text together. Trained by "
        "image–text matching with hard negatives, masked language modelling, contrast of joint "
        "representations over views, and image–text contrast with momentum encoders and a queue.",
        "Zhang et al., A Fusion Encoder with Multi-Task Guidance for Cross-Modal Text–Image "
        "Retrieval in Remote Sensing, Remote Sensing, 2023; a reconstruction",
        _ABSTRACT + "The towers, the number of fusion layers, the momentum queue and the filter's "
        "sizes are ours, after ALBEF.",
        (
            "Re-ranking reads the tiles of the best hits again; it takes part in searches by "
            "description only.",
        ),
    ),
    "ssjdn": SystemText(
        "Finds overhead scenes by description or example. Decouples scales in both directions with "
        "salience extraction and suppression, decouples meanings by the scene classes on both "
        "sides (LSD), and is trained with a triplet loss whose margin the meanings adapt.",
        "Zheng et al., Scale-Semantic Joint Decoupling Network for Image-Text Retrieval in Remote "
        "Sensing, ACM; a reconstruction",
        _ABSTRACT + "The maps' formulas, the attention over class words, the adaptive constant and "
        "the towers are ours.",
        ("Its meanings are those of the classes that it was trained with.",),
    ),
    "ccls2t": SystemText(
        "Finds overhead scenes by description or example at several scales, and takes acquisition "
        "metadata (sensor, resolution, place, date) into embedding and code where there are any. "
        "Metadata are read as one text (R2STFT); codes are allocated by level of a tree of scenes "
        "(RSHST).",
        "Zhu et al., Cross-Modal Contrastive Learning With Spatiotemporal Context for "
        "Correlation-Aware Multiscale Remote Sensing Image Retrieval, IEEE TGRS, 2024, "
        "doi:10.1109/TGRS.2024.3417421; a reconstruction",
        _ABSTRACT + "The template's slots, the tree of scenes, the bits of its levels, the gated "
        "cross-attention and the losses' weights are ours.",
        (
            "The benchmarks' images come without acquisition metadata: the context part was "
            "trained on metadata that were made up for them, and helps only where place, date "
            "or sensor of the imagery tell scenes apart.",
        ),
    ),
}

#: Terms of what is learnt from, by the names that ``scene-search train`` takes.
TERMS: Mapping[str, str] = {
    "ucmd": "UC Merced Land Use: research use; imagery is US public domain (USGS)",
    "aid": "AID, reduced to 150 px: academic use; Google Earth imagery",
    "ucm-captions": "UC Merced Land Use with UCM-captions: research use; imagery is US public "
    "domain (USGS)",
    "rsicd": "AID, reduced to 150 px, with RSICD captions: academic use; Google Earth imagery",
}

#: Limits of every trained system.
LIMITS = (
    "It has seen daylight RGB photographs only: radar, thermal and false-colour composites are "
    "foreign to it.",
    "Its scenes are those of its training data; what lies outside them is placed by resemblance.",
    "Counts and small objects are weak: an image is seen at {size} × {size} pixels.",
)
TEXT_LIMIT = (
    "Descriptions are understood in English, best in the plain style of captions. Places, dates "
    "and names in them mean nothing to it."
)
