"""The table of XML paths: where each element of a declaration goes: to a field, to an extra column, or nowhere and why.

Reading, writing, pointers and the table in docs/formats/wco.md all follow PATHS. Its order is the order that the
schemas ask of a declaration (WCO Data Model 3.6, `xs:sequence`), and its ids are the ones annotated there (WCOID).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ANSWERS", "ITEM", "PATHS", "Path"]

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"
# What goes to the table of answers instead of the table of lines: changes that a message asks for.
ANSWERS = "(answers)"


@dataclass(frozen=True, slots=True)
class Path:
    """One path below `Declaration`.

    `to` is the column, or columns with a space between two, or ANSWERS, or empty with the reason in `why`. `how`:
    first (the first one counts), all (one space between two), mass (in kg, by its unitCode), amount (its currencyID
    goes to the second column), moment, part (of its class: see rules.py). `written` says that messages are written
    with it.
    """

    path: str
    to: str = ""
    how: str = "first"
    wco: str = ""
    why: str = ""
    written: bool = True


_ADDRESS = (
    ("Name", "R000"), ("Line", "239"), ("PostcodeID", "245"), ("CityName", "241"),
    ("CountrySubDivisionCode", "244"), ("CountrySubDivisionName", "243"),
)  # fmt: skip
_COUNTED = "its place says as much: counted anew when written"


def _party(path: str, prefix: str, name: str, own: str) -> list[Path]:
    """Name, identity, address and country of a party; the schemas' order within an address is the alphabet's."""
    address = {leaf: Path(f"{path}/Address/{leaf}", f"{prefix}_address", "part", wco) for leaf, wco in _ADDRESS[1:]}
    address["CountryCode"] = Path(f"{path}/Address/CountryCode", f"{prefix}_country", "first", "242")
    return [
        Path(f"{path}/Name", f"{prefix}_name", "first", name),
        Path(f"{path}/ID", f"{prefix}_id", "first", own),
        *(address[leaf] for leaf in sorted(address)),
    ]


def _parts(path: str, to: str, *leaves: tuple[str, str]) -> list[Path]:
    """Leaves of a class that may come many times, read together into one column."""
    return [Path(f"{path}/{leaf}", to, "part", wco) for leaf, wco in leaves]


def _means(path: str, prefix: str, name: str, own: str, kind: str, mode: str) -> list[Path]:
    """A means of transport on arrival or departure."""
    return [
        Path(f"{path}/Name", f"{prefix}_name", "first", name),
        Path(f"{path}/ID", f"{prefix}_id", "first", own),
        Path(f"{path}/IdentificationTypeCode", f"{prefix}_id_type", "first", kind),
        Path(f"{path}/ModeCode", f"{prefix}_mode", "first", mode),
    ]


def _pointer(path: str) -> list[Path]:
    return [
        Path(f"{path}/Pointer/SequenceNumeric", ANSWERS, "part", "006", written=False),
        Path(f"{path}/Pointer/DocumentSectionCode", ANSWERS, "part", "375", written=False),
        Path(f"{path}/Pointer/TagID", ANSWERS, "part", "381", written=False),
    ]


_STATEMENT = (("StatementCode", "226"), ("StatementDescription", "225"), ("StatementTypeCode", "369"))
_PREVIOUS = (("CategoryCode", "D031"), ("ID", "D018"), ("TypeCode", "D019"), ("LineNumeric", "171"))
_CHARGE = (("ChargesTypeCode", "371"), ("OtherChargeDeductionAmount", "181"))
_DOCUMENT = (
    ("CategoryCode", "D031"), ("ID", "D005"), ("Name", "D028"), ("TypeCode", "D006"), ("LPCOExemptionCode", "360"),
)  # fmt: skip
_TAX = (
    ("TypeCode", "113"), ("QuotaOrderID", "401"), ("Payment/MethodCode", "107"), ("Payment/TaxAssessedAmount", "120"),
    ("Payment/PaymentAmount", "378"),
)  # fmt: skip
_GUARANTEE = (("AmountAmount", "492"), ("ID", "D014"), ("ReferenceID", "100"), ("SecurityDetailsCode", "101"))

_GOODS, _CARRIAGE = "GoodsShipment", "GoodsShipment/Consignment"
_COMMODITY = f"{ITEM}/Commodity"

# fmt: off
_HEAD: tuple[Path, ...] = (
    Path("AcceptanceDateTime/DateTimeString", "lodged_on", "moment", "023"),
    Path("FunctionCode", "message_function", "first", "017"),
    Path("FunctionalReferenceID", "message_id", "first", "D026"),
    Path("ID", "declaration_id", "first", "D014"),
    Path("IssueDateTime/DateTimeString", "message_sent_at", "moment", "D011"),
    Path("TypeCode", "declaration_type", "first", "D013"),
    Path("VersionID", "message_version", "first", written=False),
    Path("GoodsItemQuantity", "declared_items", "first", "228"),
    Path("DeclarationOfficeID", "office", "first", "065"),
    Path("InvoiceAmount", "invoice_amount invoice_currency", "amount", "109"),
    Path("TotalGrossMassMeasure", "total_gross_mass_kg", "mass", "131"),
    Path("TotalPackageQuantity", "total_packages", "first", "146"),
    Path("SpecificCircumstancesCodeCode", "specific_circumstances", "first", "504"),
    Path("Submitter/Name", "submitter_name", "first", "R058"),
    Path("Submitter/ID", "message_sender", "first", "R059"),
    *_parts("AdditionalDocument", "header_documents", ("CategoryCode", "D031"), ("ID", "D005"), ("TypeCode", "D006")),
    *_parts("AdditionalInformation", f"header_statements {ANSWERS}", *_STATEMENT),
    *_pointer("AdditionalInformation"),
    Path("Agent/Name", "agent_name", "first", "R003"),
    Path("Agent/ID", "agent_id", "first", "R004"),
    Path("Agent/FunctionCode", "agent_function", "first", "102"),
    Path("Amendment/ChangeReasonCode", ANSWERS, "part", "099", written=False),
    *_pointer("Amendment"),
    *_parts("AuthorisationHolder", "authorisations", ("ID", "R144"), ("CategoryCode", "R145")),
    Path("BorderTransportMeans/Name", "transport_name", "first", "T005"),
    Path("BorderTransportMeans/ID", "transport_id", "first", "T006"),
    Path("BorderTransportMeans/IdentificationTypeCode", "transport_id_type", "first", "T018"),
    Path("BorderTransportMeans/TypeCode", "transport_type", "first", "T010"),
    Path("BorderTransportMeans/RegistrationNationalityCode", "transport_nationality", "first", "T014"),
    Path("BorderTransportMeans/ModeCode", "transport_mode", "first", "T022"),
    *_party("Consignment/Carrier", "carrier", "R011", "R012"),
    Path("Consignment/Freight/PaymentMethodCode", "freight_payment", "first", "098"),
    Path("Consignment/Itinerary/SequenceNumeric", "", "part", "006", _COUNTED),
    Path("Consignment/Itinerary/RoutingCountryCode", "routing_countries transit_country", "part", "064"),
    *_parts("CurrencyExchange", "exchange_rates", ("CurrencyTypeCode", "135"), ("RateNumeric", "118")),
    *_party("Declarant", "declarant", "R124", "R123"),
    Path("ExitOffice/ID", "exit_office", "first", "G005"),
    *_party("Exporter", "exporter", "R031", "R032"),
    Path(f"{_GOODS}/TransactionNatureCode", "transaction_nature", "first", "103"),
    *_party(f"{_GOODS}/Buyer", "buyer", "R009", "R010"),
    *_party(f"{_GOODS}/Consignee", "consignee", "R014", "R015"),
    Path(f"{_CARRIAGE}/ContainerCode", "containerised", "first", "096"),
    *_means(f"{_CARRIAGE}/ArrivalTransportMeans", "arrival_transport", "T001", "T002", "T034", "T020"),
    *_means(f"{_CARRIAGE}/DepartureTransportMeans", "departure_transport", "T003", "T004", "T029", "T021"),
    Path(f"{_CARRIAGE}/GoodsLocation/Name", "goods_location", "first", "L016"),
    Path(f"{_CARRIAGE}/GoodsLocation/ID", "goods_location_id", "first", "L017"),
    Path(f"{_CARRIAGE}/GoodsLocation/TypeCode", "goods_location_type", "first", "L110"),
    Path(f"{_CARRIAGE}/GoodsLocation/Address/TypeCode", "goods_location_qualifier", "first", "410"),
    Path(f"{_CARRIAGE}/GoodsLocation/Address/CityName", "goods_location_address", "part", "241"),
    Path(f"{_CARRIAGE}/GoodsLocation/Address/CountryCode", "goods_location_country", "first", "242"),
    Path(f"{_CARRIAGE}/GoodsLocation/Address/Line", "goods_location_address", "part", "239"),
    Path(f"{_CARRIAGE}/GoodsLocation/Address/PostcodeID", "goods_location_address", "part", "245"),
    Path(f"{_CARRIAGE}/LoadingLocation/Name", "loading_place", "first", "L009"),
    Path(f"{_CARRIAGE}/LoadingLocation/ID", "loading_port", "first", "L010"),
    Path(f"{_CARRIAGE}/TransportEquipment/SequenceNumeric", "", "part", "006", _COUNTED),
    Path(f"{_CARRIAGE}/TransportEquipment/ID", "container_ids", "part", "159"),
    Path(f"{_CARRIAGE}/TransportEquipment/Seal/SequenceNumeric", "", "part", "006", _COUNTED),
    Path(f"{_CARRIAGE}/TransportEquipment/Seal/ID", "seals", "part", "165"),
    Path(f"{_CARRIAGE}/UnloadingLocation/ID", "unloading_port", "first", "L013", written=False),
    *_party(f"{_GOODS}/Consignor", "consignor", "R020", "R021"),
    Path(f"{_GOODS}/CustomsValuation/FreightChargeAmount", "freight_charge freight_currency", "amount", "117"),
    *_parts(f"{_GOODS}/CustomsValuation/ChargeDeduction", "header_charges", *_CHARGE),
    Path(f"{_GOODS}/Destination/CountryCode", "destination_country", "first", "465"),
    *_parts(f"{_GOODS}/DomesticDutyTaxParty", "tax_parties", ("ID", "R119"), ("RoleCode", "R005")),
    Path(f"{_GOODS}/ExportCountry/ID", "dispatch_country", "first", "062"),
)

_ITEM: tuple[Path, ...] = (
    Path(f"{ITEM}/CustomsValueAmount", "customs_value currency", "amount", "108"),
    Path(f"{ITEM}/SequenceNumeric", "item_number", "first", "006"),
    Path(f"{ITEM}/StatisticalValueAmount", "statistical_value statistical_currency", "amount", "114"),
    Path(f"{ITEM}/TransactionNatureCode", "transaction_nature", "first", "103"),
    *_parts(f"{ITEM}/AdditionalDocument", "documents document_references", *_DOCUMENT),
    Path(f"{ITEM}/AdditionalDocument/WriteOff/QuantityQuantity", "document_references", "part", "502"),
    Path(f"{ITEM}/AdditionalDocument/WriteOff/AmountAmount", "document_references", "part", "503"),
    *_parts(f"{ITEM}/AdditionalInformation", "statements", *_STATEMENT),
    *_party(f"{ITEM}/Buyer", "buyer", "R009", "R010"),
    Path(f"{_COMMODITY}/Description", "description", "first", "137"),
    Path(f"{_COMMODITY}/Classification/ID", "hs_code additional_codes", "part", "145"),
    Path(f"{_COMMODITY}/Classification/IdentificationTypeCode", "hs_code additional_codes", "part", "337"),
    Path(f"{_COMMODITY}/DangerousGoods/UNDGID", "dangerous_goods", "part", "506"),
    *_parts(f"{_COMMODITY}/DutyTaxFee", "taxes", ("AdValoremTaxBaseAmount", "116"), ("DeductAmount", "111")),
    Path(f"{_COMMODITY}/DutyTaxFee/DutyRegimeCode", "preference taxes", "part", "164"),
    Path(f"{_COMMODITY}/DutyTaxFee/SpecificTaxBaseQuantity", "taxes", "part", "129"),
    Path(f"{_COMMODITY}/DutyTaxFee/TaxRateNumeric", "duty_rate taxes", "part", "115"),
    *_parts(f"{_COMMODITY}/DutyTaxFee", "taxes", *_TAX),
    Path(f"{_COMMODITY}/GoodsMeasure/GrossMassMeasure", "gross_mass_kg", "mass", "126"),
    Path(f"{_COMMODITY}/GoodsMeasure/NetNetWeightMeasure", "net_mass_kg", "mass", "128"),
    Path(f"{_COMMODITY}/GoodsMeasure/TariffQuantity", "quantity quantity_unit", "amount", "130"),
    Path(f"{_COMMODITY}/InvoiceLine/ItemChargeAmount", "item_price item_price_currency", "amount", "112"),
    Path(f"{_COMMODITY}/TransportEquipment/SequenceNumeric", "", "part", "006", _COUNTED),
    Path(f"{_COMMODITY}/TransportEquipment/ID", "container_ids", "part", "159"),
    *_party(f"{ITEM}/Consignee", "consignee", "R014", "R015"),
    *_party(f"{ITEM}/Consignor", "consignor", "R020", "R021"),
    Path(f"{ITEM}/CustomsValuation/MethodCode", "valuation_method", "first", "122"),
    *_parts(f"{ITEM}/CustomsValuation/ChargeDeduction", "charges", *_CHARGE),
    Path(f"{ITEM}/Destination/CountryCode", "destination_country", "first", "465"),
    *_parts(f"{ITEM}/DomesticDutyTaxParty", "tax_parties", ("ID", "R119"), ("RoleCode", "R005")),
    Path(f"{ITEM}/ExportCountry/ID", "dispatch_country", "first", "062"),
    Path(f"{ITEM}/GovernmentProcedure/CurrentCode", "procedure additional_procedures", "part", "166"),
    Path(f"{ITEM}/GovernmentProcedure/PreviousCode", "procedure additional_procedures", "part", "161"),
    *_parts(f"{ITEM}/Origin", "origin_country preferential_origin", ("CountryCode", "063"), ("TypeCode", "501")),
    Path(f"{ITEM}/Packaging/SequenceNumeric", "", "part", "006", _COUNTED),
    Path(f"{ITEM}/Packaging/MarksNumbersID", "packagings", "part", "142"),
    Path(f"{ITEM}/Packaging/QuantityQuantity", "packages packagings", "part", "144"),
    Path(f"{ITEM}/Packaging/TypeCode", "package_type packagings", "part", "141"),
    *_parts(f"{ITEM}/PreviousDocument", "item_previous_documents", *_PREVIOUS),
    *_party(f"{ITEM}/Seller", "seller", "R050", "R051"),
    Path(f"{ITEM}/UCR/TraderAssignedReferenceID", "ucr", "first", "009"),
    Path(f"{ITEM}/ValuationAdjustment/AdditionCode", "valuation_indicators", "first", "188"),
)

_TAIL: tuple[Path, ...] = (
    *_party(f"{_GOODS}/Importer", "importer", "R037", "R038"),
    Path(f"{_GOODS}/Invoice/ID", "invoice_number", "first", "D016"),
    *_parts(f"{_GOODS}/PreviousDocument", "previous_documents", *_PREVIOUS),
    *_party(f"{_GOODS}/Seller", "seller", "R050", "R051"),
    Path(f"{_GOODS}/TradeTerms/ConditionCode", "incoterm", "first", "090"),
    Path(f"{_GOODS}/TradeTerms/CountryRelationshipCode", "country_relationship", "first", "106"),
    Path(f"{_GOODS}/TradeTerms/Description", "incoterm_description", "first", "089"),
    Path(f"{_GOODS}/TradeTerms/LocationID", "incoterm_place", "first", "L002"),
    Path(f"{_GOODS}/TradeTerms/LocationName", "incoterm_place_name", "first", "L001"),
    Path(f"{_GOODS}/UCR/TraderAssignedReferenceID", "ucr", "first", "009"),
    Path(f"{_GOODS}/Warehouse/ID", "warehouse", "first", "L019"),
    Path(f"{_GOODS}/Warehouse/TypeCode", "warehouse_type", "first", "L112"),
    *_parts("ObligationGuarantee", "guarantees", *_GUARANTEE),
    Path("ObligationGuarantee/AccessCode", "", "part", "499", "a secret of trader and guarantor", written=False),
    Path("ObligationGuarantee/GuaranteeOffice/ID", "guarantees", "part", "G014"),
    Path("PresentationOffice/ID", "presentation_office", "first", "G015"),
    Path("SupervisingOffice/ID", "supervising_office", "first", "G012"),
)
# fmt: on

PATHS: tuple[Path, ...] = (*_HEAD, *_ITEM, *_TAIL)
